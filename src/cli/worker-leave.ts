// `shoal worker leave`: this device is as it was before it joined.
import { leaveCluster } from '../worker/leave.ts'
import { oneAtATime } from '../worker/one-at-a-time.ts'
import type { Io } from './io.ts'
import { localEngine, membershipFile, mustBeRoot, workerFolder } from './worker-setting.ts'

export async function workerLeave(io: Io, force: boolean): Promise<void> {
  mustBeRoot('leave')
  const engine = localEngine(io)
  try {
    await oneAtATime(workerFolder, 'leave', async () => {
      const hasLeft = await leaveCluster({
        engine,
        membershipFile,
        force,
        signal: io.signal,
        onProgress: (line) => io.err(`${line}\n`),
      })
      io.out(
        hasLeft
          ? 'left the cluster; what joining changed is as it was\n'
          : 'this device is a member of no cluster\n',
      )
    })
  } finally {
    engine.close()
  }
}
