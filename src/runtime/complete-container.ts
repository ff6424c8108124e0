// A container that Swarm gave claims: whose they are is checked, and its config.json completed.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readInventory } from '../devices/inventory.ts'
import { localKernelView } from '../devices/local-kernel-view.ts'
import { declarationsFile } from '../model/devices/declaration.ts'
import type { Device } from '../model/devices/device.ts'
import { claimVariablePrefix, devicePathsVariable, parseDevicePaths } from '../model/devices/device-paths.ts'
import { ShoalError } from '../model/errors.ts'
import { parseClaims } from './claims.ts'
import { type EngineRecord, readEngineRecord, readImageEnv } from './engine-record.ts'
import { ownVariables } from './grant-devices.ts'
import { holdLock } from './hold-lock.ts'
import { parseOciConfig, readVariable } from './oci-config.ts'
import { takeDevices } from './take-devices.ts'
import { writeConfig } from './write-config.ts'

export interface CreateCall {
  /** The folder with config.json. */
  readonly bundle: string
  /** Where runc keeps its state. */
  readonly stateRoot: string
  readonly containerId: string
  /** Of the program itself: what the creates of this node are serialised on. */
  readonly lockFolder: string
  /** That asked for it, and runs runc afterwards. */
  readonly makerPid: number
}

/** Changes nothing for a container without claims, or of somebody else than Swarm. @throws ShoalError */
export async function completeContainer(call: CreateCall): Promise<void> {
  const config = parseOciConfig(await readFile(join(call.bundle, 'config.json'), 'utf8'))
  const env = config.process?.env ?? []
  const claims = parseClaims(env)
  if (claims.length === 0) return
  const record = await readEngineRecord(config, call.containerId)
  // Anybody may write such a variable; that Swarm gave a device out is what counts.
  if (record?.taskId === undefined) return
  await checkImage(record)
  const pathsText = readVariable(env, devicePathsVariable)
  const paths = pathsText === undefined ? [] : parseDevicePaths(pathsText)
  if (paths === undefined) throw refuse(record, `its ${devicePathsVariable} is no list of paths`)
  await takeDevices({
    ...call,
    instance: record.name,
    config,
    claims,
    paths,
    readDevices,
    holdLock: (work) => holdLock(call.lockFolder, work),
    write: (text) => writeConfig(call.bundle, text),
  })
}

/** An image comes from anywhere: it must not say itself which devices it holds. */
async function checkImage(record: EngineRecord): Promise<void> {
  const env = await readImageEnv(record)
  if (env === undefined)
    throw refuse(
      record,
      `its image ${record.image} cannot be read, so that nobody knows what the image itself sets`,
    )
  const own = env
    .map((entry) => entry.split('=', 1)[0] ?? '')
    .find((name) => name.startsWith(claimVariablePrefix) || ownVariables.includes(name))
  if (own !== undefined) throw refuse(record, `its image sets ${own}, which only the cluster may set`)
}

function refuse({ name }: EngineRecord, reason: string): ShoalError {
  return new ShoalError('CLAIM_REFUSED', { action: 'start', object: name, reason })
}

async function readDevices(): Promise<readonly Device[]> {
  const text = await readFile(declarationsFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new ShoalError('DEVICES_UNREADABLE', {
      action: 'read',
      object: 'the devices of this node',
      place: declarationsFile,
      reason: error.message,
      cause: error,
    })
  })
  return (await readInventory(localKernelView(), text)).devices
}
