// The entry of the sampler as one file, see manager-daemon.ts: it starts in a fraction of the time, and what measures should itself take little.
import { runProcess } from './run-process.ts'
import { sampleCommand } from './sample-command.ts'

await runProcess({
  sample: {
    summary: 'records CPU, load, memory, network and power of this machine',
    load: async () => sampleCommand,
  },
})
