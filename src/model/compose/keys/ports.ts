// The keys `ports` and `expose` of a service.
import type { ContainerPort, PortMapping, PortRange } from '../../application.ts'
import { isIpAddress } from '../../ip-address.ts'
import type { Findings } from '../findings.ts'
import type { Located } from '../located.ts'
import {
  expected,
  readFilledText,
  readHonoured,
  readList,
  readOneOf,
  readTextOrNumber,
} from '../read-value.ts'
import { checked, honoured, readSection, type Section, withCluster } from '../section.ts'
import { mapPorts, parseExposedPort, parsePortSpec, parseRange, portsAtMost } from '../syntax/port-spec.ts'
import { whySwarmCannotPublish } from './cluster/port-limits.ts'

export interface Ports {
  readonly mappings: readonly PortMapping[]
  /** Container port of the entry that says `app_protocol: coap`. */
  readonly coapPort: number | undefined
}

interface LongPort {
  readonly target: PortRange
  readonly published: PortRange
  readonly hostIp: string
  readonly protocol: 'tcp' | 'udp' | 'sctp'
  readonly appProtocol: string
}

export const portSection: Section<LongPort> = {
  extensible: true,
  keys: withCluster<LongPort>(
    {
      target: honoured('port of the container, or a range', 'target', readRange),
      published: honoured(
        'port of the device, or a range of which the Engine takes a free one; left out, the Engine chooses any',
        'published',
        readRange,
      ),
      host_ip: honoured('address of the device to bind; left out, all of them', 'hostIp', readIpAddress),
      protocol: honoured('tcp (if left out), udp or sctp', 'protocol', readOneOf('tcp', 'udp', 'sctp')),
      mode: checked(
        'host only: ports are those of the device that runs the instance, nothing balances between devices',
        readHonoured(['host'], {
          pattern: /^ingress$/,
          reason: 'nothing balances between devices: say host, or leave mode out',
        }),
      ),
      name: checked('documents the port, as in Compose; nothing reads it', readFilledText),
      app_protocol: honoured(
        '`coap` marks the port that answers CoAP; another word documents the port',
        'appProtocol',
        readFilledText,
      ),
    },
    {
      published: honoured(
        'port of the node that runs the instance, or as many as target has; left out, the Engine chooses one, and any number of instances fit on a node',
        'published',
        readRange,
      ),
      host_ip: honoured(
        '0.0.0.0 only, which holds as well if it is left out: Swarm binds every address of a node',
        'hostIp',
        readIpAddress,
      ),
      mode: checked(
        'host only, which holds as well if it is left out: ports are those of the node that runs the instance',
        readHonoured(['host'], {
          pattern: /^ingress$/,
          reason: 'Swarm’s mesh loses UDP when an instance moves: say host, or leave mode out',
        }),
      ),
    },
  ),
}

export function readPorts(value: Located, findings: Findings): Ports | undefined {
  const entries = readList(readCheckedPort, { unique: true })(value, findings)
  if (entries === undefined) return undefined
  const mappings = entries.flatMap((entry) => entry.mappings)
  if (mappings.length > portsAtMost) {
    findings.problem(value.place, `expected at most ${portsAtMost} ports, got ${mappings.length}`)
  }
  const seen = new Set<string>()
  // Without an address it is every address, which Swarm knows alone.
  const anyAddress = findings.mode === 'pair' ? undefined : ''
  for (const { hostIp: asked = '', hostPorts, protocol } of mappings) {
    const hostIp = anyAddress ?? asked
    if (hostPorts === undefined || hostPorts.first !== hostPorts.last) continue
    const key = `${hostIp} ${hostPorts.first}/${protocol}`
    if (seen.has(key))
      findings.problem(value.place, `port ${hostPorts.first}/${protocol} of the device is published twice`)
    seen.add(key)
  }
  return { mappings, coapPort: entries.find(({ coapPort }) => coapPort !== undefined)?.coapPort }
}

export function readExposed(value: Located, findings: Findings): readonly ContainerPort[] | undefined {
  return readList(readExposedEntry, { unique: true })(value, findings)?.flat()
}

function readExposedEntry(value: Located, findings: Findings): readonly ContainerPort[] | undefined {
  const text = readTextOrNumber(value, findings)
  if (text === undefined) return undefined
  const parsed = parseExposedPort(text)
  if (parsed.ok) return parsed.ports
  findings.problem(value.place, parsed.problem)
  return undefined
}

function readCheckedPort(value: Located, findings: Findings): Ports | undefined {
  const read = readPort(value, findings)
  const obstacle =
    findings.mode === 'cluster' && read !== undefined ? whySwarmCannotPublish(read.mappings) : undefined
  if (obstacle !== undefined) findings.problem(value.place, obstacle)
  return read
}

function readPort(value: Located, findings: Findings): Ports | undefined {
  if (value.kind === 'map') return readLongPort(value, findings)
  if (value.kind === 'list') return expected(value, findings, 'a port such as "5683:5683/udp", or a map')
  const text = readTextOrNumber(value, findings)
  if (text === undefined) return undefined
  const parsed = parsePortSpec(text)
  if (parsed.ok) return { mappings: parsed.ports, coapPort: undefined }
  findings.problem(value.place, parsed.problem)
  return undefined
}

function readLongPort(value: Located, findings: Findings): Ports | undefined {
  const before = findings.problemCount
  const {
    target,
    published,
    hostIp,
    protocol = 'tcp',
    appProtocol,
  } = readSection(portSection, value, findings)
  if (findings.problemCount > before) return undefined
  if (target === undefined) {
    findings.problem(value.place, 'target is missing: the port of the container')
    return undefined
  }
  const mapped = mapPorts('target', target, published, hostIp, protocol)
  if (!mapped.ok) {
    findings.problem(value.place, mapped.problem)
    return undefined
  }
  if (appProtocol === 'coap' && protocol !== 'udp') {
    findings.problem(value.place, 'app_protocol is coap, and Shoal speaks CoAP over udp: say protocol: udp')
  }
  return { mappings: mapped.ports, coapPort: appProtocol === 'coap' ? target.first : undefined }
}

function readRange(value: Located, findings: Findings): PortRange | undefined {
  const spelling = value.kind === 'scalar' ? value.spelling : ''
  return (
    parseRange(spelling) ?? expected(value, findings, 'a port from 1 to 65535 or a range such as 8000-8010')
  )
}

export function readIpAddress(value: Located, findings: Findings): string | undefined {
  const text = value.kind === 'scalar' ? value.spelling.replace(/^\[(.*)\]$/, '$1') : ''
  return isIpAddress(text) ? text : expected(value, findings, 'an IP address')
}
