// Looks at a device before anything is changed there.
import type { ContainerSummary } from '../engine/container-answers.ts'
import type { Application } from '../model/application.ts'
import type { ClusterClaims } from './claims/holder.ts'
import type { InventoryView } from './claims/inventory-view.ts'
import { lookAtClaims } from './claims/look-at-claims.ts'
import { readDeviceInventory } from './claims/read-inventory.ts'
import type { Device } from './device.ts'

/** What a device was seen to have. */
export interface DeviceView {
  readonly label: string
  /** All of them, also those that are not Shoal's: they hold names and ports. */
  readonly containers: readonly ContainerSummary[]
  /** Image ids by reference, of those that the application names; absent: the device does not have it. */
  readonly imageIds: ReadonlyMap<string, string>
  /** Whether the application's network is there; meaningless when it has none. */
  readonly hasNetwork: boolean
  /** Names of all volumes; empty when the application names none. */
  readonly volumes: ReadonlySet<string>
  /** Undefined when no service of the application needs a device. */
  readonly inventory: InventoryView | undefined
  /** Empty then, too. */
  readonly clusterClaims: ClusterClaims
}

/**
 * One question after the other: sshd sends a second small answer only when the first is acknowledged (Nagle's algorithm), which
 * the client's kernel puts off by 40 ms; two questions at once take longer than two in a row.
 */
export async function viewDevice(
  device: Device,
  application: Application,
  signal: AbortSignal,
): Promise<DeviceView> {
  const stop = new AbortController()
  const inner = AbortSignal.any([signal, stop.signal])
  // A session of its own beside the Engine's forwarding: the two do not wait for each other.
  const inventory = needsDevices(application) ? readDeviceInventory(device, inner) : undefined
  inventory?.catch(() => {})
  try {
    const view = await look(device, application, inner)
    return { ...view, inventory: await inventory }
  } catch (error) {
    stop.abort()
    await inventory?.catch(() => {})
    throw await device.explain(error)
  }
}

export function needsDevices({ services }: Application): boolean {
  return services.some(({ needs }) => needs.length > 0)
}

async function look(
  device: Device,
  application: Application,
  signal: AbortSignal,
): Promise<Omit<DeviceView, 'inventory'>> {
  const { engine, label } = device
  const containers = await engine.containers.list([], { signal })
  const imageIds = new Map<string, string>()
  for (const reference of new Set(application.services.map(({ image }) => image))) {
    const image = await engine.images.inspect(reference, { signal })
    if (image !== undefined) imageIds.set(reference, image.id)
  }
  const { network } = application
  const networks = network === undefined ? [] : await engine.networks.list([], { signal })
  const namesVolumes = application.services.some(({ mounts }) =>
    mounts.some((mount) => mount.kind === 'volume' && mount.source !== undefined),
  )
  const volumes = namesVolumes ? await engine.volumes.list({ signal }) : []
  return {
    label,
    containers,
    imageIds,
    hasNetwork: network !== undefined && networks.some(({ name }) => name === network.name),
    volumes: new Set(volumes),
    clusterClaims: needsDevices(application) ? await lookAtClaims(engine, containers, signal) : new Map(),
  }
}
