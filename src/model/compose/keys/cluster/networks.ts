// The keys `networks`, at the top of the file and of a service: overlay networks that span the nodes.
import type { Findings, Place } from '../../findings.ts'
import type { Located } from '../../located.ts'
import { readRecord } from '../../read-key-values.ts'
import { expected, readBoolean, readFilledText, readList, readOneOf, readPattern } from '../../read-value.ts'
import { honoured, type Patch, readSection, refused, type Section } from '../../section.ts'

export interface NetworkDraft {
  readonly name: string
  readonly external: boolean
  readonly driver: 'overlay'
  readonly driverOptions: Readonly<Record<string, string>>
  readonly attachable: boolean
  readonly internal: boolean
  readonly labels: Readonly<Record<string, string>>
}

export type Networks = ReadonlyMap<string, Patch<NetworkDraft>>

const readName = readPattern(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, 'a name of letters, digits, _ . -')

export const networkSection: Section<NetworkDraft> = {
  extensible: true,
  keys: {
    name: honoured('name of the network in Swarm; left out, APPLICATION_KEY', 'name', readName),
    external: honoured(
      'true: it is there already, and stays when the application goes',
      'external',
      readBoolean,
    ),
    driver: honoured('overlay (if left out)', 'driver', readOneOf('overlay')),
    driver_opts: honoured('options of the driver', 'driverOptions', readRecord),
    attachable: honoured(
      'containers that are no instances of Swarm may be on it too',
      'attachable',
      readBoolean,
    ),
    internal: honoured('without a way out', 'internal', readBoolean),
    labels: honoured('labels of the network', 'labels', readRecord),
    enable_ipv4: refused('Docker 20.10 does not know it'),
    enable_ipv6: refused('overlay networks of Docker 20.10 have none'),
    ipam: refused(
      'Swarm chooses the addresses: for others make the network with docker network create --driver overlay --subnet, and name it with external: true',
    ),
  },
}

export interface NetworkUseDraft {
  readonly key: string
  readonly aliases: readonly string[]
  readonly place: Place
}

interface UseOptions {
  readonly aliases: readonly string[]
}

export const networkUseSection: Section<UseOptions> = {
  extensible: true,
  keys: {
    aliases: honoured(
      'more names of the service on this network',
      'aliases',
      readList(readFilledText, { unique: true }),
    ),
    ipv4_address: refused('Swarm chooses the addresses'),
    ipv6_address: refused('Swarm chooses the addresses'),
    link_local_ips: refused('Swarm chooses the addresses'),
    mac_address: refused('instances cannot share one'),
    priority: refused('Swarm does not know it'),
    gw_priority: refused('Swarm does not know it'),
    interface_name: refused('Swarm does not know it'),
    driver_opts: refused('Swarm does not know it for a single service'),
  },
}

export function readNetworks(value: Located, findings: Findings): Networks | undefined {
  if (value.kind !== 'map') return expected(value, findings, 'a map of networks')
  return new Map(
    [...value.entries].map(([key, { value: entry }]) => [
      key,
      isNothing(entry) ? {} : readNetwork(entry, findings),
    ]),
  )
}

function readNetwork(value: Located, findings: Findings): Patch<NetworkDraft> {
  const { name, external, ...rest } = readSection(networkSection, value, findings)
  if (external === true && Object.values(rest).some((setting) => setting !== undefined))
    findings.problem(value.place, 'it is external, and there with its settings: leave all but name out')
  return { name, external, ...rest }
}

export function readNetworkUses(value: Located, findings: Findings): readonly NetworkUseDraft[] | undefined {
  if (value.kind === 'list') {
    const read = (item: Located, itemFindings: Findings): NetworkUseDraft | undefined => {
      const key = readFilledText(item, itemFindings)
      return key === undefined ? undefined : { key, aliases: [], place: item.place }
    }
    return readList(read, { unique: true })(value, findings)
  }
  if (value.kind !== 'map') return expected(value, findings, 'a list or a map of networks')
  return [...value.entries].map(([key, entry]) => ({
    key,
    aliases: isNothing(entry.value)
      ? []
      : (readSection(networkUseSection, entry.value, findings).aliases ?? []),
    place: entry.key,
  }))
}

function isNothing(value: Located): boolean {
  return value.kind === 'scalar' && value.value === null
}
