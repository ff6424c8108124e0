// What a service and an application declare for cluster mode alone, after parsing.

export interface ClusterSettings {
  /** `global`: one instance on each node that fits. */
  readonly mode: 'replicated' | 'global'
  /** Instances that are kept started and paused beside the active ones. */
  readonly standby: number
  /** Labels of the Swarm service; `labels` are those of its containers. */
  readonly serviceLabels: Readonly<Record<string, string>>
  readonly endpointMode: 'vip' | 'dnsrr' | undefined
  readonly placement: PlacementRules
  readonly reservations: Reservations
  readonly restart: ClusterRestart
  readonly update: UpdatePolicy
  readonly rollback: UpdatePolicy
  readonly networks: readonly NetworkUse[]
  readonly secrets: readonly FileUse[]
  readonly configs: readonly FileUse[]
}

export interface PlacementRules {
  /** `node.labels.zone == field`, as Swarm takes them. */
  readonly constraints: readonly string[]
  /** Labels over whose values instances are spread: `node.labels.zone`. */
  readonly spreadOver: readonly string[]
  /** Left out: any number. */
  readonly maxPerNode: number | undefined
}

/** What a node must have free for one instance. */
export interface Reservations {
  readonly cpus: number | undefined
  readonly memoryBytes: number | undefined
  readonly generic: readonly { readonly kind: string; readonly count: number }[]
}

export interface ClusterRestart {
  readonly condition: 'none' | 'on-failure' | 'any'
  readonly delayMs: number
  /** Left out: without end. */
  readonly maxAttempts: number | undefined
  readonly windowMs: number | undefined
}

/** How a change rolls over the instances. */
export interface UpdatePolicy {
  /** At once; 0 is all. */
  readonly parallelism: number
  readonly delayMs: number
  readonly failureAction: 'pause' | 'continue' | 'rollback'
  /** How long a new instance is watched before the change counts as good there. */
  readonly monitorMs: number
  /** 0..1 */
  readonly maxFailureRatio: number
  readonly order: 'stop-first' | 'start-first'
}

export interface NetworkUse {
  /** Name in Swarm. */
  readonly network: string
  readonly aliases: readonly string[]
}

/** A secret or a config, as a file in the container. */
export interface FileUse {
  /** Name in Swarm. */
  readonly source: string
  readonly target: string
  readonly uid: string
  readonly gid: string
  /** File mode bits. */
  readonly mode: number
}

/** What must be in Swarm before the first service of the application is created there. */
export interface ClusterObjects {
  readonly networks: readonly ClusterNetwork[]
  readonly secrets: readonly ClusterFile[]
  readonly configs: readonly ClusterFile[]
}

export interface ClusterNetwork {
  /** Name in Swarm. */
  readonly name: string
  /** It must be there already; nothing else of it counts then. */
  readonly external: boolean
  readonly driver: string
  readonly driverOptions: Readonly<Record<string, string>>
  readonly attachable: boolean
  readonly internal: boolean
  readonly labels: Readonly<Record<string, string>>
}

export interface ClusterFile {
  /** Name in Swarm, with a hash of the content: such a file never changes, a new content is a new file. */
  readonly name: string
  readonly external: boolean
  /** Empty for an external one. */
  readonly content: Uint8Array
  readonly labels: Readonly<Record<string, string>>
}
