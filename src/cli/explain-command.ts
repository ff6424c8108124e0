// `shoal explain`: where a service can run, and for each node why not.
import { Command } from 'commander'
import { apiRoutes } from '../model/api/routes.ts'
import type { Io } from './io.ts'
import type { ManagerOptions } from './locate-manager.ts'
import { connectManager, printJson, withManager } from './manager-option.ts'
import { parseServiceWord, resolveServiceWord } from './service-word.ts'

interface ExplainOptions extends ManagerOptions {
  readonly json?: true
}

export function explainCommand(io: Io): Command {
  return withManager(new Command('explain'))
    .description('tells where a service can run, and for each node why not')
    .argument('<service>', 'APPLICATION/SERVICE; APPLICATION alone where it has one service')
    .option('--json', 'print it as JSON')
    .action(async (word: string, options: ExplainOptions) => {
      const asked = parseServiceWord(word)
      const client = await connectManager(io, options)
      const params = await resolveServiceWord(asked, client, io.signal)
      const answer = await client.ask(apiRoutes.explain, { params }, { signal: io.signal })
      if (options.json) printJson(io, answer)
      else io.out(`${answer.text}\n`)
    })
}
