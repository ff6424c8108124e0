// Commands that look at several devices: each that can be reached is used, and each that can't is told.
import { allOrFirstError } from './all-or-first-error.ts'
import { type Connector, connectDevice } from './connect-device.ts'
import type { Device } from './device.ts'
import { finishAbandoned } from './finish-abandoned.ts'
import { type FoundInstance, findInstance, pairModeLabel } from './instance.ts'
import type { Journal } from './journal.ts'
import type { Target } from './target.ts'

export interface DeviceAccess {
  readonly connector: Connector
  readonly journal: Journal
  readonly say: (text: string) => void
  readonly signal: AbortSignal
}

/** Connects to all, finishes what earlier commands left there, gives them to `use`, closes them. One failure fails all. */
export async function withAllDevices<T>(
  targets: readonly Target[],
  access: DeviceAccess,
  use: (devices: readonly Device[]) => Promise<T>,
): Promise<T> {
  const devices: Device[] = []
  try {
    await allOrFirstError(targets, access.signal, async (target, stop) => {
      devices.push(await connectDevice(target, access.connector, stop))
    })
    await finishAbandoned(devices, access)
    return await use(sorted(devices, targets))
  } finally {
    for (const device of devices) device.close()
  }
}

/** Like `withAllDevices`, but those that fail are left out. @returns what `use` gives, and their errors. */
export async function withReachableDevices<T>(
  targets: readonly Target[],
  access: DeviceAccess,
  use: (devices: readonly Device[]) => Promise<T>,
): Promise<{ readonly result: T; readonly errors: readonly unknown[] }> {
  const outcomes = await Promise.allSettled(
    targets.map((target) => connectDevice(target, access.connector, access.signal)),
  )
  const devices = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  const errors = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
  try {
    await finishAbandoned(devices, access)
    return { result: await use(devices), errors }
  } finally {
    for (const device of devices) device.close()
  }
}

/** Every instance of pair mode on the device, by name. */
export async function listInstances(device: Device, signal: AbortSignal): Promise<FoundInstance[]> {
  try {
    const containers = await device.engine.containers.list([pairModeLabel], { signal })
    return containers
      .flatMap((container) => findInstance(container) ?? [])
      .sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }))
  } catch (error) {
    throw await device.explain(error)
  }
}

function sorted(devices: readonly Device[], targets: readonly Target[]): Device[] {
  const order = targets.map(({ label }) => label)
  return devices.toSorted((a, b) => order.indexOf(a.label) - order.indexOf(b.label))
}
