// Which containers hold a device on this node now: found in the bundles beside one's own, where also those of pair mode are.
import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Device } from '../model/devices/device.ts'
import { readEngineRecord } from './engine-record.ts'
import { holdsDevice } from './grant-devices.ts'
import { isAlive, type ProcessMark } from './live-process.ts'
import { type OciConfig, parseOciConfig } from './oci-config.ts'

/** Says in a configuration which process makes the container: until runc has written its state nothing else tells that it is on its way. */
export const makerAnnotation = 'shoal.maker'

export function renderMaker({ pid, startTicks }: ProcessMark): string {
  return `${pid} ${startTicks}`
}

export interface Neighbours {
  /** One's own. */
  readonly bundle: string
  /** Where runc, or what stands in its place, keeps the state of containers. */
  readonly stateRoot: string
}

/** Names of the containers that hold the device, are being made with it, or have it and are not quite gone. */
export async function findHolders(
  device: Device,
  { bundle, stateRoot }: Neighbours,
): Promise<readonly string[]> {
  const folder = dirname(bundle)
  const ids = (await readdir(folder).catch(() => [])).filter((id) => id !== basename(bundle))
  const names = await Promise.all(
    ids.map(async (id) => {
      const config = await readConfig(join(folder, id, 'config.json'))
      if (config === undefined || !holdsDevice(config, device)) return []
      if (!(await isBeingMade(config)) && !(await isInitAlive(join(stateRoot, id)))) return []
      const record = await readEngineRecord(config, id).catch(() => undefined)
      return [`${record?.name ?? 'container'} (${id.slice(0, 12)})`]
    }),
  )
  return names.flat()
}

async function readConfig(file: string): Promise<OciConfig | undefined> {
  try {
    return parseOciConfig(await readFile(file, 'utf8'))
  } catch {
    // The container is going, or only coming.
    return undefined
  }
}

async function isBeingMade({ annotations }: OciConfig): Promise<boolean> {
  const [pid = Number.NaN, startTicks = Number.NaN] = (annotations?.[makerAnnotation] ?? '')
    .split(' ')
    .map(Number)
  return Number.isInteger(pid) && pid > 0 && (await isAlive({ pid, startTicks }))
}

/** By the record of runc, libcontainer's state.json, or of crun, status. */
async function isInitAlive(folder: string): Promise<boolean> {
  const record = (await readRecord(join(folder, 'state.json'))) ?? (await readRecord(join(folder, 'status')))
  if (record === undefined) return false
  const pid = record.init_process_pid ?? record.pid
  const startTicks = record.init_process_start ?? record['process-start-time']
  return typeof pid === 'number' && pid > 0 && (await isAlive({ pid, startTicks: Number(startTicks) }))
}

async function readRecord(file: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>
  } catch {
    return undefined
  }
}
