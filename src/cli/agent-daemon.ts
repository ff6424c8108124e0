// The entry of the agent as one file, see manager-daemon.ts: apart from the manager's, so that a device carries nothing of it.
import { Command } from 'commander'
import { agentCommand } from './agent-command.ts'
import type { Io } from './io.ts'
import { runProcess } from './run-process.ts'

await runProcess({
  worker: {
    summary: 'runs the agent of this worker',
    load: async () => (io: Io) => new Command('worker').addCommand(agentCommand(io)),
  },
})
