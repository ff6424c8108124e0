// Whether a container that was created may be started with its devices, or another has taken one at the same moment. Pure.
import type { Device as PhysicalDevice } from '../../model/devices/device.ts'
import type { Holder } from './holder.ts'

export interface ClaimingContainer {
  readonly id: string
  readonly createdAtMs: number
  readonly devices: readonly Pick<PhysicalDevice, 'id' | 'shared'>[]
}

/** `wait`: others will see that they have lost, and go. `lost`: to whom. */
export type ClaimVerdict =
  | { readonly kind: 'go' }
  | { readonly kind: 'wait'; readonly device: string; readonly holders: readonly string[] }
  | { readonly kind: 'lost'; readonly device: string; readonly holders: readonly string[] }

/**
 * Nobody starts who sees as many others on a device as it can bear. Each looks after it was created: of two at least one sees the other, and of
 * two that see each other the order below says to both who goes. One that has begun is not displaced.
 * @param holders as seen after the container was created
 */
export function judgeClaims(own: ClaimingContainer, holders: readonly Holder[]): ClaimVerdict {
  let verdict: ClaimVerdict = { kind: 'go' }
  for (const { id: device, shared } of own.devices) {
    const others = holders.filter((holder) => holder.device === device && holder.containerId !== own.id)
    if (others.length < shared) continue
    const before = others.filter((other) => other.isStarted || isBefore(other, own))
    const names = (each: readonly Holder[]): string[] => each.map(({ name }) => name)
    if (before.length >= shared) return { kind: 'lost', device, holders: names(before) }
    verdict = { kind: 'wait', device, holders: names(others) }
  }
  return verdict
}

/** The Engine tells whole seconds; ids are random, and the same to all. */
function isBefore({ createdAtMs, containerId }: Holder, own: ClaimingContainer): boolean {
  return createdAtMs === own.createdAtMs ? containerId < own.id : createdAtMs < own.createdAtMs
}
