// The key `deploy.placement`: which nodes may run a service, as Swarm understands it.
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
      'instances of the service on one node; 0 is any number',
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
  return `${subject}${operator}${wanted}`
}

function readPreference(value: Located, findings: Findings): string | undefined {
  return readSection(preferenceSection, value, findings).spread
}
