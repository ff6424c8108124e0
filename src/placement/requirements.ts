// What a service asks of a node: the part of its spec that decides where an instance of it can run.
import { barsOf, withoutBars } from '../model/cluster/bars.ts'
import type { SwarmPort, SwarmServiceSpec } from '../model/swarm-service-spec.ts'
import { type Constraint, parseConstraint } from './constraint.ts'

export interface Requirements {
  /** Without its digest. */
  readonly image: string
  readonly nanoCpus: number
  readonly memoryBytes: number
  readonly genericResources: readonly { readonly kind: string; readonly count: number }[]
  /** Those of the user, and that the node is heard. */
  readonly constraints: readonly Constraint[]
  /** Nodes where a device that it needs was absent when Swarm was told last. */
  readonly barredNodes: readonly string[]
  /** What the image was built for; an empty part fits all, no entry at all fits every node. */
  readonly platforms: readonly { readonly os: string; readonly architecture: string }[]
  /** Ports of the node that it has to have for itself. */
  readonly hostPorts: readonly HostPort[]
  /** Most instances of it on one node; 0: any number. */
  readonly maxReplicas: number
  /** `Volume/rexray`, `Network/overlay`, `Log/journald`. */
  readonly plugins: readonly { readonly type: 'Volume' | 'Network' | 'Log'; readonly name: string }[]
}

export interface HostPort {
  readonly port: number
  readonly protocol: SwarmPort['Protocol']
}

/** The requirements as Swarm's scheduler reads them. */
export function requirementsOf(spec: SwarmServiceSpec): Requirements {
  const { ContainerSpec, Resources, Placement } = spec.TaskTemplate
  const reservations = Resources?.Reservations
  const bars = barsOf(spec)
  return {
    image: ContainerSpec.Image.replace(/@.*$/, ''),
    nanoCpus: reservations?.NanoCPUs ?? 0,
    memoryBytes: reservations?.MemoryBytes ?? 0,
    genericResources: (reservations?.GenericResources ?? []).flatMap(({ DiscreteResourceSpec: wanted }) =>
      wanted === undefined ? [] : [{ kind: wanted.Kind, count: wanted.Value }],
    ),
    constraints: withoutBars(Placement?.Constraints ?? [], bars).map(parseConstraint),
    barredNodes: bars,
    platforms: (Placement?.Platforms ?? []).map(({ OS = '', Architecture = '' }) => ({
      os: OS,
      architecture: Architecture,
    })),
    hostPorts: fixedHostPorts(spec),
    maxReplicas: Placement?.MaxReplicas ?? 0,
    plugins: pluginsOf(spec),
  }
}

/** Ports of the node that the spec names; those that the Engine chooses stand in nobody's way. */
export function fixedHostPorts({ EndpointSpec }: SwarmServiceSpec): HostPort[] {
  return (EndpointSpec?.Ports ?? []).flatMap(({ PublishMode, PublishedPort = 0, Protocol }) =>
    PublishMode === 'host' && PublishedPort !== 0 ? [{ port: PublishedPort, protocol: Protocol }] : [],
  )
}

function pluginsOf({
  TaskTemplate: { ContainerSpec, Networks, LogDriver },
}: SwarmServiceSpec): Requirements['plugins'] {
  const volumes = volumeDrivers(ContainerSpec.Mounts).map((name) => ({ type: 'Volume', name }) as const)
  const networks = (Networks ?? []).map(
    ({ Target }) => ({ type: 'Network', name: networkDriver(Target) }) as const,
  )
  const log = LogDriver?.Name ?? ''
  return [
    ...volumes,
    ...networks,
    ...(log === '' || log === 'none' ? [] : [{ type: 'Log', name: log } as const]),
  ]
}

/** A network of the Swarm is an overlay; those that every node has for itself are named after their driver, but for one. */
function networkDriver(target: string): string {
  if (target === 'none') return 'null'
  return target === 'host' || target === 'bridge' ? target : 'overlay'
}

/** `[{"Type": "volume", "VolumeOptions": {"DriverConfig": {"Name": "rexray"}}}]`; `local` is part of every Engine. */
function volumeDrivers(mounts: unknown): string[] {
  if (!Array.isArray(mounts)) return []
  return (mounts as readonly EngineVolumeMount[]).flatMap(({ Type, VolumeOptions }) => {
    const name = VolumeOptions?.DriverConfig?.Name ?? ''
    return Type === 'volume' && name !== '' && name !== 'local' ? [name] : []
  })
}

interface EngineVolumeMount {
  readonly Type?: string
  readonly VolumeOptions?: { readonly DriverConfig?: { readonly Name?: string } }
}
