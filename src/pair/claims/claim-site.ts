// Claims on one machine while instances are being spread: what it has, who holds it, and what each instance takes. Pure.
import type { Device as PhysicalDevice } from '../../model/devices/device.ts'
import type { ErrorCode } from '../../model/errors.ts'
import type { DeviceView } from '../device-view.ts'
import type { FoundInstance } from '../instance.ts'
import { chooseClaims } from './choose-claims.ts'
import { type Claim, claimsLabel, parseClaims } from './claim.ts'
import { type Holder, holdersOf } from './holder.ts'
import type { InventoryView } from './inventory-view.ts'

export interface ClaimSite {
  /** Undefined: it was not read, because nothing needs a device. */
  readonly inventory: InventoryView | undefined
  /** Those that will still be there afterwards. */
  readonly holders: readonly Pick<Holder, 'device' | 'name' | 'release'>[]
  /** What instances of the application hold there now, by their id. */
  readonly kept: ReadonlyMap<string, readonly Claim[]>
}

/** @param own those that will not be there afterwards, or that do not count. */
export function claimSite(
  { containers, inventory, clusterClaims }: Pick<DeviceView, 'containers' | 'inventory' | 'clusterClaims'>,
  own: readonly FoundInstance[],
): ClaimSite {
  const ownContainers = new Set(own.map(({ container }) => container.id))
  const kept = own.flatMap(({ id, container }) => {
    const claims = parseClaims(container.labels[claimsLabel])
    return claims.length === 0 ? [] : [[id, claims] as const]
  })
  return {
    inventory,
    holders: holdersOf(
      containers.filter(({ id }) => !ownContainers.has(id)),
      clusterClaims,
    ),
    kept: new Map(kept),
  }
}

/** Why a machine cannot take an instance. */
export interface Refused {
  readonly ok: false
  readonly code: ErrorCode
  readonly reason: string
  readonly nextStep: string | undefined
}

export type Claiming = { readonly ok: true; readonly devices: readonly PhysicalDevice[] } | Refused

/** Of one machine; remembers what was taken. */
export class ClaimTaker {
  readonly #site: ClaimSite
  readonly #taken: Pick<Holder, 'device' | 'name' | 'release'>[] = []

  constructor(site: ClaimSite) {
    this.#site = site
  }

  /** Takes nothing yet. */
  choose(instance: string, needs: readonly string[]): Claiming {
    if (needs.length === 0) return { ok: true, devices: [] }
    const { inventory, holders, kept } = this.#site
    if (inventory === undefined)
      throw new Error(`${instance} needs ${needs.join(', ')}, and no inventory was read`)
    if (!inventory.ok) {
      const { code, place, reason, nextStep } = inventory.error
      // The machine is named where this is shown; a file on it is not.
      return { ok: false, code, reason: place?.startsWith('/') ? `${place}: ${reason}` : reason, nextStep }
    }
    return chooseClaims({
      needs,
      inventory: inventory.devices,
      held: [...holders, ...this.#taken],
      kept: kept.get(instance) ?? [],
    })
  }

  take(instance: string, devices: readonly PhysicalDevice[]): void {
    for (const { id } of devices)
      this.#taken.push({ device: id, name: `instance ${instance}`, release: undefined })
  }
}
