// The inventory of a node: what was declared, found or not, and what the kernel shows that needs no declaration.
import { type DeviceDeclaration, declarationsFile, parseDeclarations } from '../model/devices/declaration.ts'
import type { Device } from '../model/devices/device.ts'
import { discoverDevices } from './discover-devices.ts'
import { type Hardware, lookAtHardware } from './hardware.ts'
import type { KernelView } from './kernel-view.ts'
import { resolveDevice } from './resolve-device.ts'

export interface Inventory {
  /** By id; the declared ones as declared, present or not. */
  readonly devices: readonly Device[]
  /** All that the kernel shows. */
  readonly hardware: readonly Hardware[]
}

/**
 * @param declarationsText what /etc/shoal/devices.yaml says; undefined: there is none
 * @throws ShoalError DEVICES_INVALID
 */
export async function readInventory(
  view: KernelView,
  declarationsText: string | undefined,
  place: string = declarationsFile,
): Promise<Inventory> {
  const declarations = declarationsText === undefined ? [] : parseDeclarations(declarationsText, place)
  return await takeInventory(view, declarations)
}

/** As above, from declarations that were checked already. */
export async function takeInventory(
  view: KernelView,
  declarations: readonly DeviceDeclaration[],
): Promise<Inventory> {
  const hardware = await lookAtHardware(view)
  const declared = await Promise.all(declarations.map((each) => resolveDevice(each, hardware, view)))
  const devices = [...declared, ...discoverDevices(hardware, declared)]
  return { devices: devices.sort((one, other) => (one.id < other.id ? -1 : 1)), hardware }
}
