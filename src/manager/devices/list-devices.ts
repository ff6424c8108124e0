// The devices of all nodes with who holds them. Pure.
import type { AgentDevice } from '../../model/cluster/agent-messages.ts'
import type { ClusterNode } from '../../model/cluster/node.ts'
import type { ClusterSnapshot } from '../../model/cluster/snapshot.ts'
import { deviceIdOf } from '../../model/devices/device.ts'
import type { DevicesOf } from '../../placement/device-presence.ts'
import { occupancyOf } from '../../placement/occupancy.ts'

export interface ListedDevice {
  readonly id: string
  /** Its name. */
  readonly node: string
  readonly capability: string
  /** Undefined where the node is not heard. */
  readonly isPresent: boolean | undefined
  readonly absence: string
  /** Whether its Engine offers it. */
  readonly isOffered: boolean
  readonly shared: number
  /** Instances: `greenhouse/climate.1`. */
  readonly holders: readonly string[]
  readonly paths: readonly string[]
}

/** By node and id. @param isHeard whether what a node's agent said last holds */
export function listDevices(
  snapshot: ClusterSnapshot,
  devicesOf: DevicesOf,
  isHeard: (nodeId: string) => boolean,
): readonly ListedDevice[] {
  return snapshot.nodes
    .flatMap((node) => devicesOn(node, snapshot, devicesOf(node.id), isHeard(node.id)))
    .sort((one, other) => compare(one.node, other.node) || compare(one.id, other.id))
}

function devicesOn(
  node: ClusterNode,
  snapshot: ClusterSnapshot,
  reported: readonly AgentDevice[] | undefined,
  isHeard: boolean,
): readonly ListedDevice[] {
  const { claims } = occupancyOf(node, snapshot)
  const offered = new Set(
    node.genericResources.flatMap((each) => ('value' in each ? [deviceIdOf(each.value)] : [])),
  )
  return (reported ?? offeredDevices(node)).map(({ id, capability, shared, isPresent, absence, paths }) => {
    const held = claims.filter(({ value }) => deviceIdOf(value) === id)
    return {
      id,
      node: node.name,
      capability,
      isPresent: isHeard && reported !== undefined ? isPresent : undefined,
      absence,
      isOffered: offered.has(id),
      shared,
      holders: [...new Set(held.map(({ holder }) => holder))],
      paths,
    }
  })
}

/** Of a node whose agent has told of none yet: what its Engine offers. A kind that begins with a slash is a path of the device. */
function offeredDevices({ genericResources }: ClusterNode): readonly AgentDevice[] {
  const named = genericResources.flatMap((each) => ('value' in each ? [each] : []))
  return [...Map.groupBy(named, ({ value }) => deviceIdOf(value))].map(([id, offers]) => {
    const kinds = [...new Set(offers.map(({ kind }) => kind))]
    const capability = kinds.find((kind) => !kind.startsWith('/')) ?? ''
    return {
      id,
      capability,
      shared: offers.filter(({ kind }) => kind === capability).length || 1,
      isPresent: true,
      absence: '',
      paths: kinds.filter((kind) => kind.startsWith('/')),
    }
  })
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
