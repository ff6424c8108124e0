// A node of the cluster: a machine with a Docker Engine that Swarm knows.

export interface ClusterNode {
  /** Swarm's id of it. */
  readonly id: string
  /** Of Swarm's record, for changes to it. */
  readonly version: number
  /** Its host name. */
  readonly name: string
  readonly role: 'manager' | 'worker'
  /** As Swarm sees it. */
  readonly state: 'ready' | 'down' | 'disconnected' | 'unknown'
  readonly availability: 'active' | 'pause' | 'drain'
  /** Where others of the cluster reach it: an IP address. */
  readonly address: string
  /** As Go names them: `linux`; `amd64`, `arm64`, `arm`. */
  readonly os: string
  readonly architecture: string
  /** As its kernel names it, which is what Swarm compares: `x86_64`, `aarch64`, `armv7l`; left out: as `architecture`. */
  readonly machine?: string
  readonly cpus: number
  readonly memoryBytes: number
  readonly labels: Readonly<Record<string, string>>
  readonly engineLabels: Readonly<Record<string, string>>
  readonly genericResources: readonly GenericResource[]
  /** `type/name` as Swarm lists them: `Volume/local`, `Network/overlay`, `Log/json-file`. */
  readonly plugins: readonly string[]
  readonly engineVersion: string
  /** Swarm's word for why it is not ready; empty where it says none. */
  readonly message: string
}

/** What a node has to give beside CPUs and memory: named things, or a number of them. */
export type GenericResource =
  | { readonly kind: string; readonly value: string }
  | { readonly kind: string; readonly count: number }
