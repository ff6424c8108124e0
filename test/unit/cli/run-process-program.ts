// A command that writes, waits to be stopped, and then undoes what it did; or one that only writes.
import { existsSync, rmSync } from 'node:fs'
import process from 'node:process'
import { Command } from 'commander'
import { runProcess } from '../../../src/cli/run-process.ts'

const [, , , file = ''] = process.argv

await runProcess({
  write: {
    summary: '',
    load: async () => (io) =>
      new Command('write').argument('<stream>').action((stream: 'out' | 'err') => {
        io[stream]('a line\n')
      }),
  },
  stay: {
    summary: '',
    load: async () => (io) =>
      new Command('stay').argument('<file>').action(async () => {
        const timer = setInterval(() => io.out('a line\n'), 20)
        if (!io.signal.aborted)
          await new Promise((resolve) => io.signal.addEventListener('abort', resolve, { once: true }))
        clearInterval(timer)
        if (existsSync(file)) rmSync(file)
      }),
  },
})
