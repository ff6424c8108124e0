// What a lab is made of: hosts and the links between them. From YAML, checked as a whole before anything is started.
import { ShoalError } from '../src/model/errors.ts'
import { type Problem, renderProblems } from '../src/model/problems.ts'
import { type HostSpec, readHosts } from './host-spec.ts'
import { ethernetForAll, type LinkSpec, readLinks } from './link-spec.ts'
import { namePattern, nameRule } from './name-rule.ts'
import { parseSubnet, type Subnet, subnetsOverlap } from './subnet.ts'
import { openYaml, type Piece } from './yaml-piece.ts'

export interface Topology {
  readonly name: string
  /** Of the switch and all that is on it. */
  readonly subnet: string
  readonly hosts: readonly HostSpec[]
  readonly links: readonly LinkSpec[]
}

export const topologyKeys = ['name', 'subnet', 'hosts', 'links'] as const
const defaultName = 'edge'
const defaultSubnet = '10.77.0.0/24'
/** Where the topology's own subnet is none, its addresses are not held against it. */
const anySubnet: Subnet = { network: 0, prefixLength: 0 }

/** Cables take their addresses from here, four each. */
export const cableSubnet = '10.78.0.0/16'

/** An access point, two devices and a client, each with an Engine, on one 100 Mbit/s switch. */
export function defaultTopology(): Topology {
  const hosts = ['manager', 'worker1', 'worker2', 'client'].map((name) => `- name: ${name}`)
  return parseTopology(['hosts:', ...hosts].join('\n'), 'the default topology')
}

/**
 * @param place names the text in the error: its file
 * @throws ShoalError `TOPOLOGY_INVALID` with every problem, its path and its line
 */
export function parseTopology(text: string, place: string): Topology {
  const problems: Problem[] = []
  const file = openYaml(text, problems)
  const topology = file === undefined ? undefined : readTopology(file)
  if (topology !== undefined && problems.length === 0) return topology
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`
  throw new ShoalError('TOPOLOGY_INVALID', {
    action: 'read',
    object: 'the topology',
    place,
    reason: `${count}; nothing was started\n${renderProblems(problems)}`,
    nextStep: 'docs/lab.md has every key',
  })
}

function readTopology(file: Piece): Topology | undefined {
  const keys = file.mapping(topologyKeys)
  if (keys === undefined) return undefined
  const name = keys.name === undefined ? defaultName : readName(keys.name)
  const subnet = keys.subnet?.string() ?? defaultSubnet
  const range = keys.subnet === undefined ? parseSubnet(subnet) : readSubnet(keys.subnet, subnet)
  if (keys.hosts === undefined) return file.problem('a topology needs hosts')
  const hosts = readHosts(keys.hosts, range ?? anySubnet)
  const names = hosts.map((host) => host.name)
  const links = keys.links === undefined ? ethernetForAll(names) : readLinks(keys.links, names)
  return { name: name ?? defaultName, subnet, hosts, links }
}

function readName(piece: Piece): string | undefined {
  const name = piece.string()
  if (name === undefined || namePattern.test(name)) return name
  return piece.problem(`"${name}" is no lab name: ${nameRule}`)
}

function readSubnet(piece: Piece, text: string): Subnet | undefined {
  const subnet = parseSubnet(text)
  if (subnet === undefined) return piece.problem(`"${text}" is no subnet such as ${defaultSubnet}`)
  const firstByte = Math.floor(subnet.network / 2 ** 24)
  if (firstByte === 0 || firstByte === 127 || firstByte >= 224) {
    return piece.problem(`${text} holds no addresses of hosts: take a private one such as ${defaultSubnet}`)
  }
  const cables = parseSubnet(cableSubnet)
  if (cables !== undefined && subnetsOverlap(subnet, cables)) {
    return piece.problem(`${text} overlaps ${cableSubnet}, which cables take their addresses from`)
  }
  return subnet
}
