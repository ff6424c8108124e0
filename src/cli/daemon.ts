// The entry of what runs for months, the manager and the agent: `scripts/setup` makes one file of it and all that it needs, which takes a third
// less memory than the sources one by one. `bin/shoal` takes it where it is newer than they are.
import { productCommands } from './main.ts'
import { runProcess } from './run-process.ts'

const { manager, worker } = productCommands
if (manager === undefined || worker === undefined) throw new Error('the commands of the daemons are missing')
await runProcess({ manager, worker })
