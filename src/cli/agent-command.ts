// `shoal worker agent`, beside the other commands of a worker and alone in a program of its own.
import { Command } from 'commander'
import type { Io } from './io.ts'

export function agentCommand(io: Io): Command {
  return new Command('agent')
    .description('runs the agent of this worker until it is stopped; join starts it')
    .option('--log <file>', 'write its log there, at most 2 MB, in place of stderr')
    .action(async (flags: { readonly log?: string }) =>
      (await import('./worker-agent.ts')).workerAgent(io, flags.log),
    )
}
