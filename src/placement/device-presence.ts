// Whether the devices that a service reserves are there: what the nodes' agents report, held against what their Engines offer.
import type { AgentDevice } from '../model/cluster/agent-messages.ts'
import type { ClusterInstance } from '../model/cluster/instance.ts'
import type { ClusterNode } from '../model/cluster/node.ts'
import { deviceIdOf } from '../model/devices/device.ts'

/** What the agent of a node has reported; undefined where nothing is known. */
export type DevicesOf = (nodeId: string) => readonly AgentDevice[] | undefined

export interface HeldClaim {
  readonly kind: string
  readonly value: string
  /** Who holds it. */
  readonly holder: string
}

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

/** Claims of the devices that the node offers under this kind, under whatever kind they were made: `/dev/video0` is held by who holds the camera. */
export function claimsOn<C extends HeldClaim>(
  kind: string,
  node: Offering,
  devices: readonly AgentDevice[],
  claims: readonly C[],
): readonly C[] {
  const offered = new Set(offeredValues(kind, node).map(deviceIdOf))
  const known = new Set(devices.map(({ id }) => id))
  return claims.filter((claim) => {
    const id = deviceIdOf(claim.value)
    return claim.kind === kind || (offered.has(id) && known.has(id))
  })
}

/** How many claims of a kind whose resources are named are left: those that nobody holds, of devices that are there and have a place left. */
export function countFree(
  kind: string,
  node: Offering,
  devices: readonly AgentDevice[],
  claims: readonly HeldClaim[],
): number {
  const known = new Map(devices.map((device) => [device.id, device]))
  const held = claimsOn(kind, node, devices, claims)
  let free = 0
  for (const [id, values] of Map.groupBy(offeredValues(kind, node), deviceIdOf)) {
    const device = known.get(id)
    const untaken = values.filter(
      (value) => !held.some((claim) => claim.kind === kind && claim.value === value),
    ).length
    const holders = new Set(held.filter(({ value }) => deviceIdOf(value) === id).map(({ holder }) => holder))
      .size
    if (device === undefined) free += untaken
    else if (device.isPresent) free += Math.min(untaken, Math.max(0, device.shared - holders))
  }
  return free
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
