// Whether the devices that a service reserves are there: what the nodes' agents report, held against what their Engines offer.
import type { AgentDevice } from '../model/cluster/agent-messages.ts'
import type { ClusterInstance } from '../model/cluster/instance.ts'
import type { ClusterNode } from '../model/cluster/node.ts'
import { deviceIdOf } from '../model/devices/device.ts'
import { isHolding, isOnItsWayOut } from './occupancy.ts'

/** What the agent of a node has reported; undefined where nothing is known. */
export type DevicesOf = (nodeId: string) => readonly AgentDevice[] | undefined

export interface AbsentDevice {
  readonly kind: string
  readonly id: string
  /** Why, as the agent says it. */
  readonly absence: string
}

/**
 * Devices of these kinds that Swarm would give although they are absent: its Engine goes on offering what it offered when it started, and Swarm
 * chooses among several by itself.
 */
export function absentDevices(
  kinds: readonly string[],
  { genericResources }: Pick<ClusterNode, 'genericResources'>,
  devices: readonly AgentDevice[],
): readonly AbsentDevice[] {
  return kinds.flatMap((kind) => {
    const offered = genericResources.flatMap((resource) =>
      resource.kind === kind && 'value' in resource ? [deviceIdOf(resource.value)] : [],
    )
    return devices
      .filter(({ id, isPresent }) => !isPresent && offered.includes(id))
      .map(({ id, absence }) => ({ kind, id, absence }))
  })
}

/**
 * Whether an instance of the service holds only devices there that are present: it is not driven off for one that it does not hold.
 * @param devices of the node
 */
export function hasSoundInstance(
  serviceId: string,
  nodeId: string,
  instances: readonly ClusterInstance[],
  devices: readonly AgentDevice[],
): boolean {
  const absent = new Set(devices.filter(({ isPresent }) => !isPresent).map(({ id }) => id))
  return instances.some(
    (instance) =>
      instance.serviceId === serviceId &&
      instance.nodeId === nodeId &&
      isHolding(instance) &&
      !isOnItsWayOut(instance) &&
      instance.claims.length > 0 &&
      instance.claims.every(({ value }) => !absent.has(deviceIdOf(value))),
  )
}
