// What each node is to do, from the snapshot and from what the agents know. Pure.
import { createHash } from 'node:crypto'
import type { AgentOrders } from '../../model/cluster/agent-messages.ts'
import type { ClusterInstance } from '../../model/cluster/instance.ts'
import type { ClusterService } from '../../model/cluster/service.ts'
import type { ClusterSnapshot } from '../../model/cluster/snapshot.ts'
import type { Liveness } from '../../model/cluster/views.ts'
import { isWanted, wantedActive, wantedStandby } from '../views.ts'
import { type Candidate, planStandby, type StandbyPlan } from './plan-standby.ts'

export interface OrdersInput {
  readonly snapshot: ClusterSnapshot
  readonly liveness: Liveness
  /** Service ids to numbers that were asked for just now and that Swarm's record may not show yet. */
  readonly asked: ReadonlyMap<string, number>
  /** Node ids to the images that are to be there. */
  readonly images: ReadonlyMap<string, readonly string[]>
  /** Node ids to what must not run there any more. */
  readonly stopped: ReadonlyMap<string, readonly string[]>
  /** Instances that were active by the plan before. */
  readonly wereActive: ReadonlySet<string>
  /** The manager has just begun, and not all agents have reported yet. */
  readonly isSettling: boolean
}

export interface OrdersPlan {
  /** By node id; a node without an entry has nothing to do. */
  readonly orders: ReadonlyMap<string, AgentOrders>
  readonly active: ReadonlySet<string>
}

export function planOrders(input: OrdersInput): OrdersPlan {
  const { snapshot, images, stopped } = input
  const paused = new Map<string, string[]>()
  const active = new Set<string>()
  const byService = Map.groupBy(snapshot.instances, ({ serviceId }) => serviceId)
  for (const service of snapshot.services) {
    const instances = runningOf(byService.get(service.id) ?? [], input)
    const plan = planOf(service, instances, input)
    for (const id of plan.active) active.add(id)
    for (const id of plan.paused) {
      const nodeId = instances.find((instance) => instance.id === id)?.nodeId ?? ''
      paused.set(nodeId, [...(paused.get(nodeId) ?? []), id])
    }
  }
  const orders = new Map(
    snapshot.nodes.map(({ id }) => [
      id,
      withTag({
        paused: (paused.get(id) ?? []).toSorted(),
        stopped: (stopped.get(id) ?? []).toSorted(),
        images: images.get(id) ?? [],
      }),
    ]),
  )
  return { orders, active }
}

/** Those that Swarm wants and has running, on nodes that are there. */
function runningOf(
  instances: readonly ClusterInstance[],
  { snapshot, liveness }: OrdersInput,
): readonly ClusterInstance[] {
  const down = new Set(snapshot.nodes.filter(({ state }) => state === 'down').map(({ id }) => id))
  return instances.filter(
    (instance) =>
      isWanted(instance) &&
      instance.state === 'running' &&
      instance.nodeId !== undefined &&
      !down.has(instance.nodeId) &&
      !liveness.isAway(instance.nodeId),
  )
}

function planOf(
  service: ClusterService,
  instances: readonly ClusterInstance[],
  { liveness, asked, wereActive, isSettling }: OrdersInput,
): StandbyPlan {
  const all = { active: instances.map(({ id }) => id), paused: [] }
  if (service.application === undefined || service.spec.Mode.Global !== undefined) return all
  // While a change rolls there are more for a moment, and Swarm sees to it that they go.
  const isUpdating = service.update?.state === 'updating' || service.update?.state === 'rollback_started'
  if (isUpdating && wantedStandby(service) === 0) return all
  const candidates = instances.map((instance) => {
    const { id, nodeId = '', createdAtMs } = instance
    const isWatched = liveness.hasAgent(nodeId)
    // What Swarm takes for running and its agent does not see has ended just now.
    const state = liveness.instanceState(id) ?? (isWatched ? ('ended' as const) : ('unwatched' as const))
    return { id, state, wasActive: wereActive.has(id), createdAtMs }
  })
  if (isSettling && candidates.some(({ state }) => state === 'unwatched')) return asTheyAre(candidates)
  return planStandby(candidates, asked.get(service.id) ?? wantedActive(service))
}

/** What an earlier life of the manager ordered is not changed on half the facts. */
function asTheyAre(candidates: readonly Candidate[]): StandbyPlan {
  const isPaused = ({ state }: Candidate): boolean => state === 'paused'
  return {
    active: candidates.filter((candidate) => !isPaused(candidate)).map(({ id }) => id),
    paused: candidates.filter(isPaused).map(({ id }) => id),
  }
}

function withTag(orders: Omit<AgentOrders, 'tag'>): AgentOrders {
  const digest = createHash('sha256').update(JSON.stringify(orders)).digest()
  return { tag: digest.readUInt32BE(0) || 1, ...orders }
}
