// `shoal worker agent`: the agent of this device, until it is stopped.
import { BoundedLog } from '../worker/bounded-log.ts'
import { readMembership } from '../worker/membership.ts'
import { runAgent } from '../worker/run-agent.ts'
import type { Io } from './io.ts'
import { localEngine, membershipFile, mustBeRoot, notJoined, workerFolder } from './worker-setting.ts'

const mostLogBytes = 1024 * 1024

export async function workerAgent(io: Io, logFile: string | undefined): Promise<void> {
  mustBeRoot('agent')
  const membership = await readMembership(membershipFile)
  if (membership === undefined || membership.nodeId === '') throw notJoined('run the agent of')
  const file = logFile === undefined ? undefined : new BoundedLog(logFile, mostLogBytes)
  const log = (line: string): void => {
    const dated = `${new Date().toISOString()} ${line}`
    if (file === undefined) io.err(`${dated}\n`)
    else file.write(dated)
  }
  const engine = localEngine(io)
  try {
    await runAgent({ engine, membership, folder: workerFolder, log }, io.signal)
    log('stopped')
  } finally {
    engine.close()
  }
}
