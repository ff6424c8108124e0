// The key `deploy.placement`: which nodes may run a service, as Swarm understands it.
import { isIpAddress } from '../../../ip-address.ts'
import type { Findings } from '../../findings.ts'
import type { Located } from '../../located.ts'
import { expected, readList, readPattern, readText, readWhole } from '../../read-value.ts'
import { honoured, readSection, type Section } from '../../section.ts'

export interface Placement {
  readonly constraints: readonly string[]
  readonly spreadOver: readonly string[]
  readonly maxPerNode: number
}

/** What a constraint may speak of (moby, swarmkit: manager/constraint). */
const subjects =
  /^(node\.(id|hostname|ip|role|platform\.(os|arch)|labels\.[\w.-]+)|engine\.labels\.[\w.-]+)$/i

/** What it may ask for: the same source. A value may have blanks within. */
const values = /^[a-z0-9:\-_\s.*()?+[\]\\^$|/]+$/i

/** Swarm compares with what the kernel says, and takes a word that no kernel says for a node that is not there. */
const kernelNames: Readonly<Record<string, string>> = {
  amd64: 'x86_64',
  arm64: 'aarch64',
  arm: 'armv7l or armv6l',
}

const label = readPattern(/^(node|engine)\.labels\.[\w.-]+$/, 'a label such as node.labels.zone')

interface Preference {
  readonly spread: string
}

export const preferenceSection: Section<Preference> = {
  extensible: true,
  keys: { spread: honoured('label over whose values the instances are spread evenly', 'spread', label) },
}

export const placementSection: Section<Placement> = {
  extensible: true,
  keys: {
    constraints: honoured(
      'what a node must be: node.id, node.hostname, node.ip, node.role, node.platform.os, node.platform.arch, node.labels.NAME or engine.labels.NAME, then == or !=, then a value',
      'constraints',
      readList(readConstraint, { unique: true }),
    ),
    preferences: honoured('how instances are spread, below', 'spreadOver', readList(readPreference), {
      '[]': preferenceSection,
    }),
    max_replicas_per_node: honoured(
      'instances of the service on one node; 0 is any number; left out, 1 with network_mode host and CoAP, else any number',
      'maxPerNode',
      readWhole(0),
    ),
  },
}

function readConstraint(value: Located, findings: Findings): string | undefined {
  const text = readText(value, findings)
  if (text === undefined) return undefined
  const [, subject = '', operator = '', wanted = ''] = /^\s*(\S+?)\s*(==|!=)\s*(.*?)\s*$/.exec(text) ?? []
  if (operator === '' || wanted === '')
    return expected(value, findings, 'a constraint such as "node.labels.zone == field"')
  if (!subjects.test(subject)) {
    findings.problem(
      value.place,
      `Swarm knows no ${subject}: it is node.id, node.hostname, node.ip, node.role, node.platform.os, node.platform.arch, node.labels.NAME or engine.labels.NAME`,
    )
    return undefined
  }
  if (!values.test(wanted))
    return expected(
      value,
      findings,
      'a value of letters, digits and : - _ . * ( ) ? + [ ] \\ ^ $ | / behind the operator',
    )
  const obstacle = whyNever(subject.toLowerCase(), wanted.toLowerCase())
  if (obstacle !== undefined) findings.problem(value.place, obstacle)
  return `${subject}${operator}${wanted}`
}

/** Swarm takes these in silence, and finds no node, or every one, for ever. */
function whyNever(subject: string, wanted: string): string | undefined {
  if (subject === 'node.role' && wanted !== 'manager' && wanted !== 'worker')
    return `node.role is manager or worker, and never ${wanted}`
  if (subject === 'node.platform.arch' && Object.hasOwn(kernelNames, wanted))
    return `node.platform.arch is never ${wanted} in Swarm: it is ${kernelNames[wanted]}; or say platform: linux/${wanted}`
  if (subject === 'node.ip' && !isIpAddress(wanted.split('/', 1)[0] ?? ''))
    return `node.ip is an address or a range such as 10.0.0.0/24, and never ${wanted}`
  return undefined
}

function readPreference(value: Located, findings: Findings): string | undefined {
  return readSection(preferenceSection, value, findings).spread
}
