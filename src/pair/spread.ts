// Which device carries which instance: those that are there stay, the others go where the fewest are. Pure.
import type { Protocol, Service } from '../model/application.ts'
import type { Device as PhysicalDevice } from '../model/devices/device.ts'
import { type ClaimSite, ClaimTaker, type Refused } from './claims/claim-site.ts'

export interface SpreadInstance {
  readonly id: string
  readonly service: Service
}

export interface SpreadDevice {
  readonly label: string
  /** Instances of the application that it has already. */
  readonly has: ReadonlySet<string>
  /** Ports that others hold there. */
  readonly held: readonly HeldPort[]
  readonly claims: ClaimSite
  /** Instances that it carries and that are not among those to be spread; default none. */
  readonly carries?: number
}

/** A port of a device that something holds. */
export interface HeldPort {
  readonly protocol: string
  readonly port: number
  /** Empty: every address of the device. */
  readonly hostIp: string
  /** Who: `container web`. */
  readonly holder: string
}

export interface Placement {
  readonly instance: string
  readonly device: string
  /** What it gets there, one of each capability that it needs. */
  readonly granted: readonly PhysicalDevice[]
}

/** Why a device cannot carry an instance. */
export interface Rejection extends Omit<Refused, 'ok'> {
  readonly device: string
}

/** An instance that fits nowhere, and per device why. */
export interface Unplaced {
  readonly instance: string
  readonly rejected: readonly Rejection[]
}

export interface Spread {
  readonly placed: readonly Placement[]
  readonly unplaced: readonly Unplaced[]
}

/** Devices in the order in which the user named them; among equals the first is taken. */
export function spreadInstances(
  instances: readonly SpreadInstance[],
  devices: readonly SpreadDevice[],
): Spread {
  const loads: Load[] = devices.map((device) => ({
    device,
    held: [...device.held],
    claims: new ClaimTaker(device.claims),
    count: device.carries ?? 0,
  }))
  const placed: Placement[] = []
  const unplaced: Unplaced[] = []
  for (const instance of inTurn(instances, loads)) {
    const placement = place(instance, loads)
    if ('rejected' in placement) unplaced.push(placement)
    else placed.push(placement)
  }
  return { placed, unplaced }
}

/** A device while instances are given to it. */
interface Load {
  readonly device: SpreadDevice
  readonly held: HeldPort[]
  readonly claims: ClaimTaker
  count: number
}

/**
 * Those that are there come first, and before the others those that hold devices: they keep them. Then those that the fewest devices could
 * take, so that nobody who could go elsewhere is in their way.
 */
function inTurn(instances: readonly SpreadInstance[], loads: readonly Load[]): readonly SpreadInstance[] {
  const turn = ({ id, service }: SpreadInstance): number => {
    if (loads.some(({ device }) => device.claims.kept.has(id) && device.has.has(id))) return -2
    if (loads.some(({ device }) => device.has.has(id))) return -1
    if (service.needs.length === 0) return loads.length
    return loads.filter(({ claims }) => claims.choose(id, service.needs).ok).length
  }
  const turns = new Map(instances.map((instance) => [instance, turn(instance)]))
  return instances.toSorted((a, b) => (turns.get(a) ?? 0) - (turns.get(b) ?? 0))
}

function place(instance: SpreadInstance, loads: readonly Load[]): Placement | Unplaced {
  const rejected: Rejection[] = []
  const rank = ({ device, count }: Load): number => (device.has.has(instance.id) ? -1 : count)
  for (const load of loads.toSorted((a, b) => rank(a) - rank(b))) {
    const { device, held, claims } = load
    const ports = takePorts(instance, held)
    const chosen = ports.ok ? claims.choose(instance.id, instance.service.needs) : ports
    if (ports.ok && chosen.ok) {
      held.push(...ports.ports)
      claims.take(instance.id, chosen.devices)
      load.count++
      return { instance: instance.id, device: device.label, granted: chosen.devices }
    }
    if (!chosen.ok) rejected.push({ ...chosen, device: device.label })
  }
  return { instance: instance.id, rejected }
}

type Taken = { readonly ok: true; readonly ports: readonly HeldPort[] } | Refused

/** The ports that the instance would hold beside those held already, or which of them it can't have. */
function takePorts({ id, service }: SpreadInstance, held: readonly HeldPort[]): Taken {
  const ports: HeldPort[] = []
  for (const { protocol, hostIp, first, last } of fixedPorts(service)) {
    const holders: string[] = []
    let port = first
    for (; port <= last; port++) {
      const candidate = { protocol, hostIp, port }
      const other = [...held, ...ports].find((each) => clash(each, candidate))
      if (other === undefined) break
      holders.push(other.holder)
    }
    if (port > last) {
      const range = first === last ? `${first}` : `${first}-${last}`
      return {
        ok: false,
        code: 'PORT_TAKEN',
        nextStep:
          'name another device as well, or publish no fixed port (`ports: ["5683/udp"]`), or fewer replicas',
        reason: `its port ${range}/${protocol} is held by ${[...new Set(holders)].join(', ')}`,
      }
    }
    ports.push({ protocol, hostIp, port, holder: `instance ${id}` })
  }
  return { ok: true, ports }
}

interface FixedPort {
  readonly protocol: Protocol
  readonly hostIp: string
  readonly first: number
  readonly last: number
}

/** The device's ports that the service insists on; in the device's own network the one on which it answers is one of them. */
function fixedPorts({ network, ports, coap }: Service): FixedPort[] {
  if (network === 'host') {
    return coap.port === undefined ? [] : [{ protocol: 'udp', hostIp: '', first: coap.port, last: coap.port }]
  }
  return ports.flatMap(({ protocol, hostIp, hostPorts }) =>
    hostPorts === undefined ? [] : [{ protocol, hostIp: hostIp ?? '', ...hostPorts }],
  )
}

function clash(a: Omit<HeldPort, 'holder'>, b: Omit<HeldPort, 'holder'>): boolean {
  return (
    a.protocol === b.protocol &&
    a.port === b.port &&
    (isAny(a.hostIp) || isAny(b.hostIp) || a.hostIp === b.hostIp)
  )
}

function isAny(address: string): boolean {
  return address === '' || address === '0.0.0.0' || address === '::'
}
