// Which devices of a machine an instance gets: those it has already, else free ones; or why there are none. Pure.
import type { Device as PhysicalDevice } from '../../model/devices/device.ts'
import type { ErrorCode } from '../../model/errors.ts'
import type { Claim } from './claim.ts'
import type { Holder } from './holder.ts'

export interface ClaimWish {
  /** Capabilities; one that stands twice asks for two devices. */
  readonly needs: readonly string[]
  /** Of the machine, the absent ones too. */
  readonly inventory: readonly PhysicalDevice[]
  /** Of others: what the instance itself holds does not stand in its way. */
  readonly held: readonly Pick<Holder, 'device' | 'name' | 'release'>[]
  /** What it holds now: a device that still fits is kept. */
  readonly kept: readonly Claim[]
}

export type ClaimChoice =
  | { readonly ok: true; readonly devices: readonly PhysicalDevice[] }
  | ({ readonly ok: false } & ClaimRefusal)

export interface ClaimRefusal {
  readonly code: Extract<ErrorCode, 'CAPABILITY_ABSENT' | 'DEVICE_ABSENT' | 'DEVICE_HELD'>
  readonly reason: string
  /** What to do about it on that machine. */
  readonly nextStep: string
}

/** @returns a device for each need, in their order. */
export function chooseClaims({ needs, inventory, held, kept }: ClaimWish): ClaimChoice {
  const chosen: PhysicalDevice[] = []
  for (const capability of needs) {
    const all = inventory.filter((device) => device.capability === capability)
    const others = all.filter((device) => !chosen.includes(device))
    if (others.length === 0) return { ok: false, ...noSuch(capability, all, inventory) }
    const present = others.filter(({ grant }) => grant !== undefined)
    if (present.length === 0) return { ok: false, ...absent(others) }
    const free = present.filter((device) => holdersOn(device, held).length < device.shared)
    const [best] = free.toSorted((a, b) => rank(a, held, kept) - rank(b, held, kept))
    if (best === undefined) return { ok: false, ...taken(capability, others, held) }
    chosen.push(best)
  }
  return { ok: true, devices: chosen }
}

function holdersOn<H extends Pick<Holder, 'device'>>({ id }: PhysicalDevice, held: readonly H[]): H[] {
  return held.filter(({ device }) => device === id)
}

/** Its own first; then what somebody has declared before what merely is there; then what the fewest hold. */
function rank(device: PhysicalDevice, held: ClaimWish['held'], kept: readonly Claim[]): number {
  if (kept.some((claim) => claim.device === device.id && claim.capability === device.capability)) return -1
  return (device.isDeclared ? 0 : 1_000_000) + holdersOn(device, held).length
}

function noSuch(
  capability: string,
  all: readonly PhysicalDevice[],
  inventory: readonly PhysicalDevice[],
): ClaimRefusal {
  const reason =
    all.length > 0
      ? `it has ${all.length} device${all.length === 1 ? '' : 's'} with the capability ${capability}, and one instance needs more`
      : `it has no device with the capability ${capability}; ${whatThereIs(inventory)}`
  return {
    code: 'CAPABILITY_ABSENT',
    reason,
    nextStep:
      'declare the device in its /etc/shoal/devices.yaml (docs/devices.md), or name a machine that has one',
  }
}

function whatThereIs(inventory: readonly PhysicalDevice[]): string {
  if (inventory.length === 0) return 'it has no devices at all'
  const capabilities = [...new Set(inventory.map(({ capability }) => capability))].toSorted()
  const list = capabilities.map((capability) => {
    const ids = inventory.filter((device) => device.capability === capability).map(({ id }) => id)
    return `${capability} (${ids.join(', ')})`
  })
  return `it has ${list.join(', ')}`
}

function absent(devices: readonly PhysicalDevice[]): ClaimRefusal {
  return {
    code: 'DEVICE_ABSENT',
    reason: devices.map(({ id, absence }) => `${id} is absent: ${absence}`).join('; '),
    nextStep: 'plug it in, or mend its entry in /etc/shoal/devices.yaml',
  }
}

function taken(
  capability: string,
  devices: readonly PhysicalDevice[],
  held: ClaimWish['held'],
): ClaimRefusal {
  const reasons = devices.map((device) => {
    if (device.grant === undefined) return `${device.id} is absent: ${device.absence}`
    const names = holdersOn(device, held).map(({ name }) => name)
    return `${device.id} is held by ${names.join(', ')}`
  })
  const releases = new Set(
    devices.flatMap((device) => holdersOn(device, held).flatMap(({ release }) => release ?? [])),
  )
  const [first] = releases
  return {
    code: 'DEVICE_HELD',
    reason: `no device with the capability ${capability} is free: ${reasons.join('; ')}`,
    nextStep:
      first === undefined
        ? 'end what holds it, or name a machine that has a free one'
        : `end what holds it (shoal pair rm … ${first}), or name a machine that has a free one`,
  }
}
