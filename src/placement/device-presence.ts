// Whether the devices that a service reserves are there: what the nodes' agents report, held against what their Engines offer.
import type { AgentDevice } from '../model/cluster/agent-messages.ts'
import type { ClusterInstance } from '../model/cluster/instance.ts'
import type { ClusterNode } from '../model/cluster/node.ts'
import { deviceIdOf } from '../model/devices/device.ts'

/** What the agent of a node has reported; undefined where nothing is known. */
export type DevicesOf = (nodeId: string) => readonly AgentDevice[] | undefined

type Offering = Pick<ClusterNode, 'genericResources'>

/** Devices of the kind that Swarm would give although they are absent: an Engine goes on offering what it offered when it started. */
export function absentDevices(
  kind: string,
  node: Offering,
  devices: readonly AgentDevice[],
): readonly AgentDevice[] {
  const offered = new Set(offeredValues(kind, node).map(deviceIdOf))
  return devices.filter(({ id, isPresent }) => !isPresent && offered.has(id))
}

/** How many claims of a kind whose resources are named are left: those that nobody holds, of devices that are there. */
export function countFree(
  kind: string,
  node: Offering,
  devices: readonly AgentDevice[],
  claims: readonly { readonly kind: string; readonly value: string }[],
): number {
  const absent = new Set(absentDevices(kind, node, devices).map(({ id }) => id))
  return offeredValues(kind, node).filter(
    (value) =>
      !absent.has(deviceIdOf(value)) && !claims.some((claim) => claim.kind === kind && claim.value === value),
  ).length
}

/** Whether it holds devices, all of which are there. */
export function isSound(
  { claims }: Pick<ClusterInstance, 'claims'>,
  devices: readonly AgentDevice[],
): boolean {
  const absent = new Set(devices.filter(({ isPresent }) => !isPresent).map(({ id }) => id))
  return claims.length > 0 && claims.every(({ value }) => !absent.has(deviceIdOf(value)))
}

function offeredValues(kind: string, { genericResources }: Offering): readonly string[] {
  return genericResources.flatMap((resource) =>
    resource.kind === kind && 'value' in resource ? [resource.value] : [],
  )
}
