// Which nodes can run an instance of a service, and why the others cannot: what Swarm's scheduler asks, in its order.
// Unlike Swarm, which stops at a node's first obstacle, every one is told: the user should not meet them one by one.
import type { AgentDevice } from '../model/cluster/agent-messages.ts'
import type { ClusterNode } from '../model/cluster/node.ts'
import type { ClusterSnapshot } from '../model/cluster/snapshot.ts'
import { whyUnmet } from './constraint.ts'
import type { DevicesOf } from './device-presence.ts'
import { whyShort } from './has-resources.ts'
import { whyNotReady } from './is-ready.ts'
import { type Occupancy, occupancyOf } from './occupancy.ts'
import type { Requirements } from './requirements.ts'
import { whyForeign } from './runs-platform.ts'

export interface Verdict {
  readonly node: ClusterNode
  /** Texts for people that go on after the node's name: `is drained`. Empty: it can. */
  readonly reasons: readonly string[]
}

export interface JudgeOptions {
  /** The service that is placed, where the cluster has it: its instances count for `max_replicas_per_node`. */
  readonly serviceId?: string | undefined
  /** A service whose instances are taken for gone: the one that is to be placed anew. */
  readonly excludeServiceId?: string | undefined
  /** Left out: it plays no part which devices are there at the moment. */
  readonly devicesOf?: DevicesOf | undefined
}

interface Question {
  readonly requirements: Requirements
  readonly node: ClusterNode
  readonly held: Occupancy
  readonly serviceId: string | undefined
  readonly devices: readonly AgentDevice[]
  /** Nobody has told since when, or whether still: a device that is needed was absent there. */
  readonly isBarredUnheard: boolean
}

/** swarmkit's manager/scheduler/pipeline.go, of Docker 20.10. */
const filters: readonly ((question: Question) => readonly string[])[] = [
  ({ node }) => whyNotReady(node),
  ({ requirements, node, held, devices }) => whyShort(requirements, node, held, devices),
  ({ isBarredUnheard }) =>
    isBarredUnheard ? ['a device that it needs was absent there when it was heard last'] : [],
  whyWithoutPlugin,
  ({ requirements, node }) =>
    requirements.constraints
      .map((constraint) => whyUnmet(constraint, node))
      .filter((why) => why !== undefined),
  ({ requirements, node }) => whyForeign(requirements, node),
  whyPortTaken,
  whyFull,
]

/** One verdict for each node of the snapshot, by name. */
export function judgeNodes(
  requirements: Requirements,
  snapshot: ClusterSnapshot,
  { serviceId, excludeServiceId, devicesOf }: JudgeOptions = {},
): Verdict[] {
  return snapshot.nodes
    .toSorted((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0))
    .map((node) => {
      const held = occupancyOf(node, snapshot, excludeServiceId)
      const devices = devicesOf?.(node.id)
      const question = {
        requirements,
        node,
        held,
        serviceId,
        devices: devices ?? [],
        isBarredUnheard:
          devicesOf !== undefined && devices === undefined && requirements.barredNodes.includes(node.id),
      }
      return { node, reasons: filters.flatMap((filter) => filter(question)) }
    })
}

function whyWithoutPlugin({ requirements, node }: Question): string[] {
  return requirements.plugins
    .filter(({ type, name }) => {
      const ofType = node.plugins.filter((plugin) => plugin.startsWith(`${type}/`))
      // An Engine that names no log driver at all is one that does not tell them.
      if (type === 'Log' && ofType.length === 0) return false
      return !ofType.includes(`${type}/${name}`) && !ofType.includes(`${type}/${name}:latest`)
    })
    .map(({ type, name }) => `has no ${type.toLowerCase()} plugin ${name}`)
}

function whyPortTaken({ requirements, held }: Question): string[] {
  return requirements.hostPorts.flatMap(({ port, protocol }) => {
    const holder = held.ports.find((other) => other.port === port && other.protocol === protocol)?.holder
    return holder === undefined ? [] : [`its port ${port}/${protocol} is held by ${holder}`]
  })
}

function whyFull({ requirements: { maxReplicas }, held, serviceId }: Question): string[] {
  const here = serviceId === undefined ? 0 : (held.active.get(serviceId) ?? 0)
  if (maxReplicas === 0 || here < maxReplicas) return []
  return [`has ${here} of its instances, of at most ${maxReplicas} on a node`]
}
