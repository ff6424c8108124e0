// `shoal worker agent`: the agent of this device, until it is stopped.
import { localKernelView } from '../devices/local-kernel-view.ts'
import { declarationsFile } from '../model/devices/declaration.ts'
import type { Device } from '../model/devices/device.ts'
import { BoundedLog } from '../worker/bounded-log.ts'
import { readDeclarations } from '../worker/device-offer.ts'
import { readMembership } from '../worker/membership.ts'
import { offerDevices, readOffer } from '../worker/offer-devices.ts'
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
    const devices = {
      view: localKernelView(),
      readDeclarations,
      place: declarationsFile,
      readOffer: (signal: AbortSignal) => readOffer(engine, membershipFile, signal),
      offer: (found: readonly Device[], signal: AbortSignal) =>
        offerDevices(found, workerFolder, { engine, membershipFile, signal, onProgress: log }),
    }
    await runAgent({ engine, membership, folder: workerFolder, devices, log }, io.signal)
    log('stopped')
  } finally {
    engine.close()
  }
}
