// The part of the device runtime that runs on Node, for a `create` with claims. src/runtime/shoal-runtime.sh starts it, and runs runc afterwards.
import { dirname, resolve } from 'node:path'
import process from 'node:process'
import { completeContainer } from './complete-container.ts'
import { tellRefusal, toldStatus } from './refusal.ts'

// The maker says who it is: one that was killed meanwhile is no longer the parent.
const [makerPid = '', bundle = '.', stateRoot = '', containerId = '', file = '', format = 'text'] =
  process.argv.slice(2)
completeContainer({
  bundle: resolve(bundle),
  stateRoot,
  containerId,
  lockFolder: dirname(resolve(process.argv[1] ?? '.')),
  makerPid: Number(makerPid),
}).catch((error: unknown) => {
  tellRefusal(error, { file, format }, new Date())
  process.exitCode = toldStatus
})
