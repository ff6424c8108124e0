// A placement constraint, `node.labels.zone == field`: read, and held against a node. What swarmkit's manager/constraint does.
import { clusterLabel, silentValue } from '../model/cluster/labels.ts'
import type { ClusterNode } from '../model/cluster/node.ts'
import { liesIn } from './ip-range.ts'

export interface Constraint {
  /** As the user wrote it, with one space around the operator. */
  readonly text: string
  /** `node.labels.zone` */
  readonly key: string
  readonly isWanted: boolean
  readonly value: string
}

/** Without an operator there is no key; such a constraint, which Swarm refuses, holds on no node. */
export function parseConstraint(text: string): Constraint {
  // Swarm looks for == first, wherever it stands.
  const operator = text.includes('==') ? '==' : '!='
  const at = text.indexOf(operator)
  if (at < 0) return { text: text.trim(), key: '', isWanted: true, value: '' }
  const [key, value] = [text.slice(0, at).trim(), text.slice(at + operator.length).trim()]
  return { text: `${key} ${operator} ${value}`, key, isWanted: operator === '==', value }
}

/** @returns why the constraint does not hold on the node, or undefined where it does. */
export function whyUnmet({ text, key, isWanted, value }: Constraint, node: ClusterNode): string | undefined {
  const fact = factOf(key, node)
  if (fact === undefined) return `constraint ${text}: Swarm knows no ${key === '' ? 'such constraint' : key}`
  const matches = fact.kind === 'address' ? liesIn(fact.value, value) : isSameText(fact.value, value)
  if (matches === undefined) return `constraint ${text}: ${value} is no IP address or range`
  if (matches === isWanted) return undefined
  if (key === silentKey && isSameText(value, silentValue)) return whyAway(node)
  return `constraint ${text}: ${fact.kind === 'label' && fact.isAbsent ? 'it has no such label' : `it is "${fact.value}"`}`
}

type Fact =
  | { readonly kind: 'text' | 'address'; readonly value: string }
  | { readonly kind: 'label'; readonly value: string; readonly isAbsent: boolean }

const silentKey = `node.labels.${clusterLabel.silent}`

/** The constraint that Shoal itself sets means that the node is heard: it is said as such. */
function whyAway({ labels }: ClusterNode): string {
  const since = labels[clusterLabel.away] ?? ''
  const time = /T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/.exec(since)?.[1]
  return `does not answer${since === '' ? '' : ` (away since ${time === undefined ? since : `${time} UTC`})`}`
}

/** What the key means on the node. Keys are the same in capitals; the names of labels are not. */
function factOf(key: string, node: ClusterNode): Fact | undefined {
  const lower = key.toLowerCase()
  for (const [prefix, labels] of [
    ['node.labels.', node.labels],
    ['engine.labels.', node.engineLabels],
  ] as const) {
    if (!lower.startsWith(prefix) || key.length === prefix.length) continue
    const value = Object.hasOwn(labels, key.slice(prefix.length))
      ? labels[key.slice(prefix.length)]
      : undefined
    return { kind: 'label', value: value ?? '', isAbsent: value === undefined }
  }
  switch (lower) {
    case 'node.id':
      return { kind: 'text', value: node.id }
    case 'node.hostname':
      return { kind: 'text', value: node.name }
    case 'node.ip':
      return { kind: 'address', value: node.address }
    case 'node.role':
      return { kind: 'text', value: node.role }
    case 'node.platform.os':
      return { kind: 'text', value: node.os }
    case 'node.platform.arch':
      // Compared as the kernel names it: `amd64` holds nowhere.
      return { kind: 'text', value: node.machine ?? node.architecture }
    default:
      return undefined
  }
}

function isSameText(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}
