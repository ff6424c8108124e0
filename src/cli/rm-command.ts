// `shoal rm`: takes applications out of the cluster.
import { Command } from 'commander'
import { apiRoutes } from '../model/api/routes.ts'
import type { Io } from './io.ts'
import type { ManagerOptions } from './locate-manager.ts'
import { connectManager, printJson, usageError, withManager } from './manager-option.ts'
import { throwFirst } from './throw-first.ts'

interface RmOptions extends ManagerOptions {
  readonly json?: true
}

/** The manager waits until the instances have stopped. */
const removalMs = 90_000

export function rmCommand(io: Io): Command {
  return withManager(new Command('rm'))
    .description('removes applications from the cluster, with all their services')
    .argument('<application...>', 'as shoal ps lists them, in front of the slash')
    .option('--json', 'print what was removed as JSON')
    .action(async (applications: string[], options: RmOptions) => {
      for (const word of applications)
        if (/[/.]/.test(word))
          throw usageError(
            `${word} is no application: they are removed as a whole`,
            `shoal rm ${word.split(/[/.]/, 1)[0]}, or shoal scale ${word}=0`,
          )
      const client = await connectManager(io, options)
      const removed: string[] = []
      const errors: unknown[] = []
      for (const application of new Set(applications)) {
        try {
          await client.ask(
            apiRoutes.removeApplication,
            { params: { application } },
            { signal: io.signal, deadlineMs: removalMs },
          )
          removed.push(application)
          if (!options.json) io.out(`${application} removed\n`)
        } catch (error) {
          if (io.signal.aborted) throw error
          errors.push(error)
        }
      }
      if (options.json) printJson(io, { removed })
      throwFirst(errors, io)
    })
}
