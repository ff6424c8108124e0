// Which device carries which instance: those that are there stay, the others go where the fewest are. Pure.
import type { Protocol, Service } from '../model/application.ts'

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
}

/** An instance that fits nowhere, and per device why. */
export interface Unplaced {
  readonly instance: string
  readonly rejected: readonly { readonly device: string; readonly reason: string }[]
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
  const loads = devices.map((device) => ({ device, held: [...device.held], count: device.carries ?? 0 }))
  const placed: Placement[] = []
  const unplaced: Unplaced[] = []
  const isThere = ({ id }: SpreadInstance): boolean => devices.some(({ has }) => has.has(id))
  for (const instance of [...instances.filter(isThere), ...instances.filter((each) => !isThere(each))]) {
    const rejected: { device: string; reason: string }[] = []
    const rank = ({ device, count }: (typeof loads)[number]): number =>
      device.has.has(instance.id) ? -1 : count
    const candidates = loads.toSorted((a, b) => rank(a) - rank(b))
    const home = candidates.find(({ device, held }) => {
      const taken = takePorts(instance, held)
      if (taken.ok) held.push(...taken.ports)
      else rejected.push({ device: device.label, reason: taken.reason })
      return taken.ok
    })
    if (home === undefined) unplaced.push({ instance: instance.id, rejected })
    else {
      home.count++
      placed.push({ instance: instance.id, device: home.device.label })
    }
  }
  return { placed, unplaced }
}

type Taken =
  | { readonly ok: true; readonly ports: HeldPort[] }
  | { readonly ok: false; readonly reason: string }

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
