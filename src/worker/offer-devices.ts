// What a worker's Engine is to offer Swarm of the node's devices: the device runtime put in its place, and a resource for each holder.
import process from 'node:process'
import type { Engine } from '../engine/engine.ts'
import type { Device } from '../model/devices/device.ts'
import { installRuntime, runtimeFolder, runtimeProgram } from '../runtime/install.ts'
import { type ConfigureOptions, configureEngine, ownEngineConfig } from './configure-engine.ts'
import { resourcesOf } from './device-offer.ts'
import { defaultRuntimePath, type EngineSettings, offeredIn } from './engine-config.ts'
import { findEngineProcess } from './engine-process.ts'
import { readMembership } from './membership.ts'
import { oneAtATime } from './one-at-a-time.ts'

const usualSearchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/**
 * @returns undefined for a node without devices: its Engine stays as it is
 * @throws ShoalError RUNTIME_INCOMPLETE, FILE_UNWRITABLE, ENGINE_CONFIG
 */
export async function prepareOffer(
  devices: readonly Device[],
  membershipFile: string,
): Promise<EngineSettings['devices']> {
  const resources = resourcesOf(devices)
  if (resources.length === 0) return undefined
  const { file, text } = await ownEngineConfig(await readMembership(membershipFile))
  await installRuntime(runtimeFolder, {
    node: process.execPath,
    searchPath: `${process.env.PATH ?? ''}:${usualSearchPath}`,
    // Whoever chose another runtime keeps it, below the device runtime.
    lower: defaultRuntimePath(text, file),
  })
  return { resources, runtimePath: runtimeProgram(runtimeFolder) }
}

/**
 * Has the Engine of a worker offer what its inventory has by now; it is restarted for that.
 * @throws ShoalError; WORKER_BUSY where the device joins or leaves at this moment
 */
export async function offerDevices(
  devices: readonly Device[],
  folder: string,
  options: Omit<ConfigureOptions, 'devices'>,
): Promise<void> {
  await oneAtATime(folder, 'offer the devices of', async () => {
    const membership = await readMembership(options.membershipFile)
    if (membership === undefined) return
    await configureEngine(membership, {
      ...options,
      devices: await prepareOffer(devices, options.membershipFile),
    })
  })
}

/** What the Engine offers Swarm of these devices now: `humidity=dht11-kitchen`. What somebody else has it offer is his. */
export async function readOffer(
  engine: Pick<Engine, 'info'>,
  membershipFile: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const [{ namedResources }, process, membership] = await Promise.all([
    engine.info({ signal }),
    findEngineProcess(),
    readMembership(membershipFile),
  ])
  if (process !== undefined && process.deviceFlags.length > 0) return []
  const { file, text } = await ownEngineConfig(membership)
  const others = offeredIn(text, file)
  return namedResources.filter((resource) => !others.includes(resource))
}
