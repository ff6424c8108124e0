// Which nodes must not take instances of which services, since a device that they need is absent there. Pure.
import type { AgentDevice } from '../../model/cluster/agent-messages.ts'
import { barsOf } from '../../model/cluster/bars.ts'
import { clusterLabel } from '../../model/cluster/labels.ts'
import type { ClusterNode } from '../../model/cluster/node.ts'
import type { ClusterService } from '../../model/cluster/service.ts'
import type { ClusterSnapshot } from '../../model/cluster/snapshot.ts'
import type { SwarmServiceSpec } from '../../model/swarm-service-spec.ts'
import { absentDevices, countFree, type DevicesOf, isSound } from '../../placement/device-presence.ts'
import { isHolding, isOnItsWayOut, occupancyOf } from '../../placement/occupancy.ts'
import { requirementsOf } from '../../placement/requirements.ts'

export interface BarChange {
  readonly service: ClusterService
  /** Ids of all nodes that it is to be barred from. */
  readonly nodeIds: readonly string[]
}

/**
 * The services whose bars are others than they should be.
 * @param devicesOf undefined for a node that is not heard: there all stays as it is
 */
export function planBars(snapshot: ClusterSnapshot, devicesOf: DevicesOf): readonly BarChange[] {
  return snapshot.services
    .filter(({ spec }) => spec.Labels?.[clusterLabel.mode] === 'cluster')
    .map((service) => ({ service, nodeIds: wantedBars(service.spec, service.id, snapshot, devicesOf) }))
    .filter(({ service, nodeIds }) => barsOf(service.spec).join() !== nodeIds.join())
}

/**
 * Swarm counts an absent device as free. So a node where one is absent is barred, unless an instance of the service holds others there, which
 * are present, or enough others are free: Swarm then tries the absent one at most once, since it puts what was given back behind the rest.
 * An instance that runs with an absent device bars its node in any case: nothing else makes it leave.
 * @param serviceId undefined for one that is only about to be
 * @returns ids of nodes, sorted
 */
export function wantedBars(
  spec: SwarmServiceSpec,
  serviceId: string | undefined,
  snapshot: ClusterSnapshot,
  devicesOf: DevicesOf,
): readonly string[] {
  const { genericResources: wanted } = requirementsOf(spec)
  if (wanted.length === 0) return []
  const before = new Set(barsOf(spec))
  return snapshot.nodes
    .filter((node) => {
      const devices = devicesOf(node.id)
      return devices === undefined
        ? before.has(node.id)
        : isBarred(wanted, node, devices, serviceId, snapshot)
    })
    .map(({ id }) => id)
    .sort()
}

function isBarred(
  wanted: ReturnType<typeof requirementsOf>['genericResources'],
  node: ClusterNode,
  devices: readonly AgentDevice[],
  serviceId: string | undefined,
  snapshot: ClusterSnapshot,
): boolean {
  if (wanted.every(({ kind }) => absentDevices(kind, node, devices).length === 0)) return false
  const own = snapshot.instances.filter(
    (instance) =>
      instance.serviceId === serviceId &&
      instance.nodeId === node.id &&
      isHolding(instance) &&
      !isOnItsWayOut(instance),
  )
  if (own.some((instance) => isSound(instance, devices))) return false
  if (own.some(({ state, claims }) => state === 'running' && claims.length > 0)) return true
  const { claims } = occupancyOf(node, snapshot, serviceId)
  return wanted.some(({ kind, count }) => {
    const isNamed = node.genericResources.some((each) => each.kind === kind && 'value' in each)
    return isNamed && countFree(kind, node, devices, claims) < Math.max(1, count)
  })
}
