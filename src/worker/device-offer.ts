// What a node offers Swarm of its devices: one named resource for each holder that a device may have.
import { readFile } from 'node:fs/promises'
import { type Inventory, readInventory } from '../devices/inventory.ts'
import { localKernelView } from '../devices/local-kernel-view.ts'
import { declarationsFile } from '../model/devices/declaration.ts'
import { claimValuesOf, type Device } from '../model/devices/device.ts'
import { ShoalError } from '../model/errors.ts'

/**
 * Of this machine.
 * @throws ShoalError DEVICES_INVALID, DEVICES_UNREADABLE
 */
export async function localInventory(file: string = declarationsFile): Promise<Inventory> {
  return await readInventory(localKernelView(), await readDeclarations(file), file)
}

/**
 * `humidity=dht11-kitchen`; a device of a path by its path as well, so that a Compose file can ask for that: `/dev/video0=cam-front#1`. An absent
 * device is offered too: it comes back without a restart of the Engine, and the manager keeps instances from it meanwhile.
 */
export function resourcesOf(devices: readonly Device[]): readonly string[] {
  return devices.flatMap((device) =>
    [device.capability, ...device.paths].flatMap((kind) =>
      claimValuesOf(device).map((value) => `${kind}=${value}`),
    ),
  )
}

/** @throws ShoalError DEVICES_UNREADABLE; undefined: there is no such file */
export async function readDeclarations(file: string = declarationsFile): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new ShoalError('DEVICES_UNREADABLE', {
      action: 'read',
      object: 'the devices of this node',
      place: file,
      reason: error instanceof Error ? error.message : String(error),
      nextStep: 'run it as root',
      cause: error,
    })
  }
}
