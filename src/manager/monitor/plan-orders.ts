// What each node is to do, from the snapshot and from what the agents know. Pure.
import { createHash } from 'node:crypto'
import type { AgentOrders } from '../../model/cluster/agent-messages.ts'
import type { ClusterInstance } from '../../model/cluster/instance.ts'
import type { ClusterService } from '../../model/cluster/service.ts'
import type { ClusterSnapshot } from '../../model/cluster/snapshot.ts'
import type { Liveness } from '../../model/cluster/views.ts'
import { isWanted, wantedActive, wantedStandby } from '../views.ts'
import { chooseActive } from './plan-active.ts'

export interface OrdersInput {
  readonly snapshot: ClusterSnapshot
  readonly liveness: Liveness
  /** Service ids to numbers that were asked for just now and that Swarm's record may not show yet. */
  readonly asked: ReadonlyMap<string, number>
  /** Node ids to the images that are to be there. */
  readonly images: ReadonlyMap<string, readonly string[]>
  /** Nodes that were away and still run what is no longer wanted there, with the instances that their agents report. */
  readonly returned: ReadonlyMap<string, readonly string[]>
}

/** By node id; a node without an entry has nothing to do. */
export function planOrders(input: OrdersInput): ReadonlyMap<string, AgentOrders> {
  const paused = new Map<string, string[]>()
  const byService = Map.groupBy(input.snapshot.instances, ({ serviceId }) => serviceId)
  for (const service of input.snapshot.services) {
    for (const instance of pausedOf(service, byService.get(service.id) ?? [], input)) {
      if (instance.nodeId === undefined) continue
      paused.set(instance.nodeId, [...(paused.get(instance.nodeId) ?? []), instance.id])
    }
  }
  return new Map(
    input.snapshot.nodes.map(({ id }) => [
      id,
      withTag({
        paused: (paused.get(id) ?? []).toSorted(),
        stopped: stoppedOn(id, input),
        images: input.images.get(id) ?? [],
      }),
    ]),
  )
}

function pausedOf(
  service: ClusterService,
  instances: readonly ClusterInstance[],
  { snapshot, liveness, asked }: OrdersInput,
): readonly ClusterInstance[] {
  if (service.application === undefined || service.spec.Mode.Global !== undefined) return []
  // While a change rolls there are more for a moment, and Swarm sees to it that they go.
  const isUpdating = service.update?.state === 'updating' || service.update?.state === 'rollback_started'
  if (isUpdating && wantedStandby(service) === 0) return []
  const down = new Set(snapshot.nodes.filter(({ state }) => state === 'down').map(({ id }) => id))
  const running = instances.filter(
    (instance) =>
      isWanted(instance) &&
      instance.state === 'running' &&
      instance.nodeId !== undefined &&
      !down.has(instance.nodeId) &&
      !liveness.isAway(instance.nodeId),
  )
  const wanted = asked.get(service.id) ?? wantedActive(service)
  if (running.length <= wanted) return []
  const surplus = new Set(chooseActive(running, wanted, liveness).paused)
  return running.filter(({ id }) => surplus.has(id))
}

/** Of a node that is back: what Swarm gave to others meanwhile must not answer beside them. */
function stoppedOn(nodeId: string, { snapshot, returned }: OrdersInput): readonly string[] {
  const reported = returned.get(nodeId)
  if (reported === undefined) return []
  const wanted = new Set(snapshot.instances.filter(isWanted).map(({ id }) => id))
  return reported.filter((id) => !wanted.has(id)).toSorted()
}

function withTag(orders: Omit<AgentOrders, 'tag'>): AgentOrders {
  const digest = createHash('sha256').update(JSON.stringify(orders)).digest()
  return { tag: digest.readUInt32BE(0) || 1, ...orders }
}
