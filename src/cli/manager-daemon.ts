// The entry of the manager as one file: `scripts/bundle` makes it, because the sources one by one take a third more memory. `bin/shoal` takes it
// where it is newer than they are.
import { runProcess } from './run-process.ts'

await runProcess({
  manager: {
    summary: 'runs the edge manager of a cluster on this machine',
    load: async () => (await import('./manager-command.ts')).managerCommand,
  },
})
