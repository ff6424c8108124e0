// `shoal logs`: what the instances of a service have written, from all nodes.
import { Command, InvalidArgumentError } from 'commander'
import { type LogLine, logLine } from '../model/api/log.ts'
import { apiRoutes } from '../model/api/routes.ts'
import type { Io } from './io.ts'
import type { ManagerOptions } from './locate-manager.ts'
import { connectManager, withManager } from './manager-option.ts'
import { parseServiceWord, resolveServiceWord } from './service-word.ts'

interface LogsOptions extends ManagerOptions {
  readonly follow?: true
  readonly tail?: number
  readonly timestamps?: true
  readonly json?: true
}

export function logsCommand(io: Io): Command {
  return withManager(new Command('logs'))
    .description('prints what the instances of a service have written')
    .argument('<service>', 'APPLICATION/SERVICE; APPLICATION alone where it has one service')
    .option('-f, --follow', 'go on until the service is removed')
    .option('-n, --tail <lines>', 'the last lines of each instance only', wholeNumber)
    .option('-t, --timestamps', 'begin each line with its time')
    .option('--json', 'print one object a line')
    .action(async (word: string, options: LogsOptions) => {
      const asked = parseServiceWord(word)
      const client = await connectManager(io, options)
      const params = await resolveServiceWord(asked, client, io.signal)
      const { follow, tail } = options
      const query = { follow: follow ? 'true' : 'false', ...(tail === undefined ? {} : { tail }) }
      try {
        for await (const line of client.lines(
          apiRoutes.logs,
          logLine,
          { params, query },
          { signal: io.signal },
        ))
          print(io, line, options)
      } catch (error) {
        // Stopping is how following a log ends.
        if (!(options.follow && io.signal.aborted)) throw error
      }
    })
}

function print(io: Io, line: LogLine, { json, timestamps }: LogsOptions): void {
  if (json) {
    io.out(`${JSON.stringify(line)}\n`)
    return
  }
  const { stream, at, instance, node, text } = line
  const who = instance === null ? '' : `${instance}@${node ?? '?'} | `
  const when = timestamps && at !== null ? `${at} ` : ''
  const write = stream === 'stderr' ? io.err : io.out
  write(`${who}${when}${text}\n`)
}

function wholeNumber(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('expected a whole number.')
}
