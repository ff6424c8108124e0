// What an Engine says of itself and of its part in a Swarm.
import { goArchitecture } from './platform.ts'
import { asArray, asNumber, asRecord, asText, type WireRecord } from './wire.ts'

export interface EngineInfo {
  /** Host name of the machine. */
  readonly name: string
  /** As Go names it: `amd64`, `arm64`, `arm`. */
  readonly architecture: string
  readonly cpus: number
  readonly memoryBytes: number
  readonly engineVersion: string
  /** Of the Engine, from its daemon.json or command line. */
  readonly labels: Readonly<Record<string, string>>
  /** What containers can be run with: `runc` and others. */
  readonly runtimes: readonly string[]
  readonly defaultRuntime: string
  /** What it offers Swarm beside CPUs and memory, named things only: `humidity=dht11-kitchen`. */
  readonly namedResources: readonly string[]
  readonly swarm: SwarmMembership
}

export interface SwarmMembership {
  /** `pending`: it joined and has not been accepted, or has not reached a manager; `error`: it was thrown out, or cannot start. */
  readonly state: 'inactive' | 'pending' | 'active' | 'error' | 'locked'
  /** Empty where it is in no Swarm. */
  readonly nodeId: string
  readonly isManager: boolean
  /** The address that it told the others. */
  readonly nodeAddress: string
  /** `10.77.0.1:2377`; the managers that it knows. */
  readonly managers: readonly string[]
  /** Why the state is `error`, or what it waits for; empty otherwise. */
  readonly error: string
}

const states: readonly SwarmMembership['state'][] = ['inactive', 'pending', 'active', 'error', 'locked']

/** From `GET /info`. */
export function infoOf(wire: WireRecord): EngineInfo {
  return {
    name: asText(wire.Name),
    architecture: goArchitecture(asText(wire.Architecture)),
    cpus: asNumber(wire.NCPU),
    memoryBytes: asNumber(wire.MemTotal),
    engineVersion: asText(wire.ServerVersion),
    labels: Object.fromEntries(asArray(wire.Labels).map((label) => splitLabel(asText(label)))),
    runtimes: Object.keys(asRecord(wire.Runtimes)),
    defaultRuntime: asText(wire.DefaultRuntime),
    namedResources: asArray(wire.GenericResources).flatMap((resource) => {
      const named = asRecord(asRecord(resource).NamedResourceSpec)
      return asText(named.Kind) === '' ? [] : [`${asText(named.Kind)}=${asText(named.Value)}`]
    }),
    swarm: membershipOf(asRecord(wire.Swarm)),
  }
}

function membershipOf(wire: WireRecord): SwarmMembership {
  return {
    state: states.find((state) => state === wire.LocalNodeState) ?? 'inactive',
    nodeId: asText(wire.NodeID),
    isManager: wire.ControlAvailable === true,
    nodeAddress: asText(wire.NodeAddr),
    managers: asArray(wire.RemoteManagers).map((manager) => asText(asRecord(manager).Addr)),
    error: asText(wire.Error),
  }
}

/** `zone=field`; a label without value is a name. */
function splitLabel(label: string): [string, string] {
  const equals = label.indexOf('=')
  return equals < 0 ? [label, ''] : [label.slice(0, equals), label.slice(equals + 1)]
}
