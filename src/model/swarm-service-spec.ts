// Swarm's ServiceSpec as Shoal writes and reads it: the Engine API's own shape and spelling, the part that is used.

export interface SwarmServiceSpec {
  readonly Name: string
  readonly Labels?: Readonly<Record<string, string>>
  readonly TaskTemplate: SwarmTaskSpec
  readonly Mode: { readonly Replicated?: { readonly Replicas?: number }; readonly Global?: object }
  readonly UpdateConfig?: SwarmUpdateConfig
  readonly RollbackConfig?: SwarmUpdateConfig
  readonly EndpointSpec?: SwarmEndpointSpec
}

export interface SwarmTaskSpec {
  readonly ContainerSpec: SwarmContainerSpec
  readonly Resources?: { readonly Limits?: SwarmLimits; readonly Reservations?: SwarmReservations }
  readonly RestartPolicy?: {
    readonly Condition?: 'none' | 'on-failure' | 'any'
    /** Nanoseconds. */
    readonly Delay?: number
    readonly MaxAttempts?: number
    readonly Window?: number
  }
  readonly Placement?: SwarmPlacement
  readonly Networks?: readonly { readonly Target: string; readonly Aliases?: readonly string[] }[]
  readonly LogDriver?: { readonly Name?: string; readonly Options?: Readonly<Record<string, string>> }
  /** Swarm restarts the instances when it grows, whatever else is the same. */
  readonly ForceUpdate?: number
  readonly Runtime?: string
}

/** Fields beyond those named pass as the Engine API has them. */
export interface SwarmContainerSpec {
  readonly Image: string
  readonly Labels?: Readonly<Record<string, string>>
  readonly Command?: readonly string[]
  readonly Args?: readonly string[]
  readonly Env?: readonly string[]
  readonly [key: string]: unknown
}

export interface SwarmLimits {
  readonly NanoCPUs?: number
  readonly MemoryBytes?: number
  readonly Pids?: number
}

export interface SwarmReservations {
  readonly NanoCPUs?: number
  readonly MemoryBytes?: number
  readonly GenericResources?: readonly SwarmGenericResource[]
}

export interface SwarmGenericResource {
  readonly NamedResourceSpec?: { readonly Kind: string; readonly Value: string }
  readonly DiscreteResourceSpec?: { readonly Kind: string; readonly Value: number }
}

export interface SwarmPlacement {
  readonly Constraints?: readonly string[]
  readonly Preferences?: readonly { readonly Spread: { readonly SpreadDescriptor: string } }[]
  readonly MaxReplicas?: number
  readonly Platforms?: readonly { readonly Architecture?: string; readonly OS?: string }[]
}

export interface SwarmUpdateConfig {
  readonly Parallelism?: number
  /** Nanoseconds, as `Monitor`. */
  readonly Delay?: number
  readonly FailureAction?: 'pause' | 'continue' | 'rollback'
  readonly Monitor?: number
  readonly MaxFailureRatio?: number
  readonly Order?: 'stop-first' | 'start-first'
}

export interface SwarmEndpointSpec {
  readonly Mode?: 'vip' | 'dnsrr'
  readonly Ports?: readonly SwarmPort[]
}

export interface SwarmPort {
  readonly Protocol: 'tcp' | 'udp' | 'sctp'
  readonly TargetPort: number
  /** 0 or left out: the Engine chooses. */
  readonly PublishedPort?: number
  readonly PublishMode: 'host' | 'ingress'
}
