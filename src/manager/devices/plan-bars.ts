// Which nodes must not take instances of which services, since a device that they need is absent there. Pure.
import type { AgentDevice } from '../../model/cluster/agent-messages.ts'
import { barsOf } from '../../model/cluster/bars.ts'
import type { ClusterInstance } from '../../model/cluster/instance.ts'
import { clusterLabel } from '../../model/cluster/labels.ts'
import type { ClusterNode } from '../../model/cluster/node.ts'
import type { ClusterService } from '../../model/cluster/service.ts'
import type { ClusterSnapshot } from '../../model/cluster/snapshot.ts'
import { deviceIdOf } from '../../model/devices/device.ts'
import type { SwarmServiceSpec } from '../../model/swarm-service-spec.ts'
import {
  absentDevices,
  claimsOn,
  countFree,
  type DevicesOf,
  isSound,
} from '../../placement/device-presence.ts'
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
 * Swarm counts an absent device as free, and one that is held under another of its kinds. So a node where that is so is barred, unless an instance of
 * the service holds others there, which are present, or enough others are free: Swarm then tries the absent one at most once, since it puts what was given back behind the rest.
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
  const { claims } = occupancyOf(node, snapshot, serviceId)
  const isMiscounted = ({ kind }: { readonly kind: string }): boolean =>
    absentDevices(kind, node, devices).length > 0 ||
    claimsOn(kind, node, devices, claims).some((claim) => claim.kind !== kind)
  if (!wanted.some(isMiscounted)) return false
  const own = snapshot.instances.filter(
    (instance) =>
      instance.serviceId === serviceId &&
      instance.nodeId === node.id &&
      isHolding(instance) &&
      !isOnItsWayOut(instance),
  )
  const isAtHome = (instance: ClusterInstance): boolean =>
    isSound(instance, devices) && !isLate(instance, snapshot.instances, devices)
  if (own.some(isAtHome)) return false
  if (own.some(({ state, claims }) => state === 'running' && claims.length > 0)) return true
  return wanted.some(({ kind, count }) => {
    const isNamed = node.genericResources.some((each) => each.kind === kind && 'value' in each)
    return isNamed && countFree(kind, node, devices, claims) < Math.max(1, count)
  })
}

/** Whether a device that it claims was full already when it came, through claims of another kind: the node's runtime does not give it then. */
function isLate(
  instance: ClusterInstance,
  instances: readonly ClusterInstance[],
  devices: readonly AgentDevice[],
): boolean {
  const before = instances.filter(
    (other) =>
      other.nodeId === instance.nodeId &&
      isHolding(other) &&
      !isOnItsWayOut(other) &&
      comesBefore(other, instance),
  )
  const holds = (other: ClusterInstance, id: string): boolean =>
    other.claims.some(({ value }) => deviceIdOf(value) === id)
  return devices.some(
    ({ id, shared }) => holds(instance, id) && before.filter((other) => holds(other, id)).length >= shared,
  )
}

/** One that runs has the device; of others the older one. */
function comesBefore(one: ClusterInstance, other: ClusterInstance): boolean {
  if (one.id === other.id) return false
  const [runs, otherRuns] = [one.state === 'running', other.state === 'running']
  if (runs !== otherRuns) return runs
  return one.createdAtMs < other.createdAtMs || (one.createdAtMs === other.createdAtMs && one.id < other.id)
}
