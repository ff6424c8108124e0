// From a topology to its wires: which interface of which host leads where, with which address. Pure.
import { createHash } from 'node:crypto'
import { type LinkKindName, linkKinds } from './links/kinds.ts'
import type { Figures } from './links/link-kind.ts'
import { lastAddress, parseSubnet, renderAddress, type Subnet } from './subnet.ts'
import { cableSubnet, type Topology } from './topology.ts'

export interface HostEnd {
  readonly host: string
  readonly interfaceName: string
  /** The same whenever the host boots, as a device's is: its neighbours remember it. */
  readonly hardwareAddress: string
  readonly address: string
  readonly prefixLength: number
}

/** A port of the switch. It has no address of its own; `address` is the switch's, to measure against. */
export interface PortEnd {
  readonly host: undefined
  readonly interfaceName: string
  readonly address: string
}

export interface WirePlan {
  /** The host's name for a wire to the switch, both names for a cable. */
  readonly id: string
  readonly kind: LinkKindName
  readonly figures: Figures
  readonly near: HostEnd
  readonly far: HostEnd | PortEnd
}

/** Every wire of the topology, in its order. */
export function planWires(topology: Topology): readonly WirePlan[] {
  const namer = new InterfaceNamer()
  let cables = 0
  return topology.links.flatMap(({ kind, hosts, figures }): readonly WirePlan[] => {
    const { joins, interfacePrefix } = linkKinds[kind]
    if (joins === 'switch') {
      return hosts.map((host) => {
        const near = switchEnd(topology, host, namer.next(host, interfacePrefix))
        return { id: host, kind, figures, near, far: portOf(topology, host) }
      })
    }
    const [near, far] = cableEnds(hosts, cables++, (host) => namer.next(host, interfacePrefix))
    return [{ id: `${near.host}_${far.host}`, kind, figures, near, far }]
  })
}

function switchEnd(topology: Topology, host: string, interfaceName: string): HostEnd {
  const spec = topology.hosts.find(({ name }) => name === host)
  if (spec === undefined) throw new TypeError(`the topology has no host ${host}`)
  const { prefixLength } = subnetOf(topology)
  const hardwareAddress = hardwareAddressOf(host, interfaceName)
  return { host, interfaceName, hardwareAddress, address: spec.address, prefixLength }
}

function portOf(topology: Topology, host: string): PortEnd {
  const index = topology.hosts.findIndex(({ name }) => name === host)
  return { host: undefined, interfaceName: `port${index}`, address: switchAddress(topology) }
}

/** A cable has a subnet of its own, of the two addresses that it needs. */
function cableEnds(
  [one = '', other = '']: readonly string[],
  index: number,
  nextName: (host: string) => string,
): readonly [HostEnd, HostEnd] {
  const network = (parseSubnet(cableSubnet)?.network ?? 0) + index * 4
  const end = (host: string, offset: number): HostEnd => {
    const interfaceName = nextName(host)
    const hardwareAddress = hardwareAddressOf(host, interfaceName)
    const address = renderAddress(network + offset)
    return { host, interfaceName, hardwareAddress, address, prefixLength: 30 }
  }
  return [end(one, 1), end(other, 2)]
}

/** Locally administered (IEEE 802: second-lowest bit of the first byte), unicast. */
function hardwareAddressOf(host: string, interfaceName: string): string {
  const bytes = createHash('sha256').update(`${host} ${interfaceName}`).digest().subarray(0, 5)
  return ['02', ...[...bytes].map((byte) => byte.toString(16).padStart(2, '0'))].join(':')
}

/** The last address of the subnet is the switch's. */
export function switchAddress(topology: Topology): string {
  return renderAddress(lastAddress(subnetOf(topology)))
}

function subnetOf({ subnet }: Topology): Subnet {
  const range = parseSubnet(subnet)
  if (range === undefined) throw new TypeError(`${subnet} is no subnet`)
  return range
}

/** The wires that end in this host, the one to the switch first. */
export function wiresOf(host: string, wires: readonly WirePlan[]): readonly WirePlan[] {
  const own = wires.filter(({ near, far }) => near.host === host || far.host === host)
  return own.sort((a, b) => Number(a.far.host !== undefined) - Number(b.far.host !== undefined))
}

/** The interfaces of this host, the one on the switch first. */
export function endsOf(host: string, wires: readonly WirePlan[]): readonly HostEnd[] {
  return wiresOf(host, wires).flatMap(({ near, far }) => {
    if (near.host === host) return [near]
    return far.host === undefined ? [] : [far]
  })
}

/** The address a host is known by: on the switch where it has one, else on its first cable. */
export function addressOf(host: string, wires: readonly WirePlan[]): string {
  const [first] = endsOf(host, wires)
  if (first === undefined) throw new TypeError(`host ${host} is on no wire`)
  return first.address
}

/** The address of `host` on its cable to `viewer`, if there is one. */
export function cableAddressOf(host: string, viewer: string, wires: readonly WirePlan[]): string | undefined {
  for (const { near, far } of wires) {
    if (near.host === host && far.host === viewer) return near.address
    if (far.host === host && near.host === viewer) return far.address
  }
  return undefined
}

/** `eth0`, `eth1`, `wlan0`: counted for each host and prefix. */
class InterfaceNamer {
  private readonly counts = new Map<string, number>()

  next(host: string, prefix: string): string {
    const key = `${host} ${prefix}`
    const count = this.counts.get(key) ?? 0
    this.counts.set(key, count + 1)
    return `${prefix}${count}`
  }
}
