// The devices of a machine, as pair mode has seen them.
import type { Device as PhysicalDevice } from '../../model/devices/device.ts'
import type { ShoalError } from '../../model/errors.ts'
import type { FileModes } from './file-access.ts'

/** `error`: what keeps the inventory from being used; the machine is of no use for what needs a device. */
export type InventoryView =
  | { readonly ok: true; readonly devices: readonly PhysicalDevice[]; readonly modes: FileModes }
  | { readonly ok: false; readonly error: ShoalError }
