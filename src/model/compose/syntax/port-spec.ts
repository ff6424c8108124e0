// The short syntax of ports: `[[IP:]HOST:]CONTAINER[/PROTOCOL]`, HOST and CONTAINER a port or a range.
import type { ContainerPort, PortMapping, PortRange, Protocol } from '../../application.ts'
import { isIpAddress } from '../../ip-address.ts'

export type ParsedPorts<T> =
  | { readonly ok: true; readonly ports: readonly T[] }
  | { readonly ok: false; readonly problem: string }

/** The Engine starts one process a published port; a range beyond this is a mistake. */
export const portsAtMost = 4096

/**
 * The mappings of one entry of `ports`: a range gives one mapping a port.
 * @see Compose specification, services, "ports", short syntax
 */
export function parsePortSpec(text: string): ParsedPorts<PortMapping> {
  const [whole, protocol] = splitProtocol(text)
  if (protocol === undefined) return wrong(`expected the protocol tcp, udp or sctp in "${text}"`)
  const [host, container] = cutAtLastColon(whole)
  const target = parseRange(container)
  if (target === undefined)
    return wrong(`expected a container port from 1 to 65535 in "${text}", got "${container}"`)
  if (host === undefined) return mapPorts(text, target, undefined, undefined, protocol)
  const [ipText, portText] = host.includes(':') ? cutAtLastColon(host) : [undefined, host]
  const hostIp = ipText?.replace(/^\[(.*)\]$/, '$1')
  if (hostIp !== undefined && !isIpAddress(hostIp))
    return wrong(`expected an IP address in "${text}", got "${ipText}"`)
  if (portText === '' && hostIp !== undefined) return mapPorts(text, target, undefined, hostIp, protocol)
  const published = parseRange(portText)
  if (published === undefined) {
    return wrong(`expected a device port from 1 to 65535 in "${text}", got "${portText}"`)
  }
  return mapPorts(text, target, published, hostIp, protocol)
}

/** The ports of one entry of `expose`: `5683/udp`, `8080-8085`. */
export function parseExposedPort(text: string): ParsedPorts<ContainerPort> {
  const [whole, protocol] = splitProtocol(text)
  if (protocol === undefined) return wrong(`expected the protocol tcp, udp or sctp in "${text}"`)
  const range = parseRange(whole)
  if (range === undefined) return wrong(`expected a container port from 1 to 65535, got "${whole}"`)
  if (sizeOf(range) > portsAtMost) return wrong(`expected at most ${portsAtMost} ports in "${text}"`)
  return { ok: true, ports: portsOf(range).map((port) => ({ port, protocol })) }
}

/** Pairs container ports with device ports; the text is for the message. */
export function mapPorts(
  text: string,
  target: PortRange,
  published: PortRange | undefined,
  hostIp: string | undefined,
  protocol: Protocol,
): ParsedPorts<PortMapping> {
  const count = sizeOf(target)
  if (count > portsAtMost) return wrong(`expected at most ${portsAtMost} ports in "${text}", got ${count}`)
  if (published !== undefined && count > 1 && sizeOf(published) !== count) {
    return wrong(`expected ranges of one length in "${text}", got ${sizeOf(published)} for ${count}`)
  }
  const ports = portsOf(target).map((containerPort, index) => ({
    containerPort,
    protocol,
    hostIp,
    hostPorts: hostPortsOf(published, count, index),
  }))
  return { ok: true, ports }
}

/** `8080` or `8080-8085`; nothing when it is neither. */
export function parseRange(text: string): PortRange | undefined {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text)
  if (match === null) return undefined
  const first = Number(match[1])
  const last = match[2] === undefined ? first : Number(match[2])
  return first >= 1 && last <= 65_535 && first <= last ? { first, last } : undefined
}

/** One container port takes a free one of the whole range; several take theirs by position. */
function hostPortsOf(published: PortRange | undefined, count: number, index: number): PortRange | undefined {
  if (published === undefined || count === 1) return published
  const port = published.first + index
  return { first: port, last: port }
}

function splitProtocol(text: string): readonly [string, Protocol | undefined] {
  const slash = text.lastIndexOf('/')
  if (slash < 0) return [text, 'tcp']
  const name = text.slice(slash + 1).toLowerCase()
  return [text.slice(0, slash), name === 'tcp' || name === 'udp' || name === 'sctp' ? name : undefined]
}

/** `[before, after]` the last colon; nothing before it when there is none. */
function cutAtLastColon(text: string): readonly [string | undefined, string] {
  const colon = text.lastIndexOf(':')
  return colon < 0 ? [undefined, text] : [text.slice(0, colon), text.slice(colon + 1)]
}

function sizeOf({ first, last }: PortRange): number {
  return last - first + 1
}

function portsOf({ first, last }: PortRange): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}

function wrong(problem: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem }
}
