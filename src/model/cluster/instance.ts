// An instance in the cluster: one slot of a service, what Swarm wants of it, and how far it has come.
import type { Protocol } from '../application.ts'

export type InstanceState =
  | 'new'
  | 'pending'
  | 'assigned'
  | 'accepted'
  | 'preparing'
  | 'ready'
  | 'starting'
  | 'running'
  | 'complete'
  | 'shutdown'
  | 'failed'
  | 'rejected'
  | 'remove'
  | 'orphaned'

export interface ClusterInstance {
  /** Swarm's id of it; the container carries it as `com.docker.swarm.task.id`. */
  readonly id: string
  readonly serviceId: string
  /** From 1; 0 where each node has one. */
  readonly slot: number
  /** Left out until a node is chosen. */
  readonly nodeId: string | undefined
  readonly state: InstanceState
  readonly desiredState: InstanceState
  /** What Swarm says of its state, `no suitable node (…)` among it. */
  readonly message: string
  /** Why it failed; empty where it did not. */
  readonly error: string
  /** With its digest where it was resolved. */
  readonly image: string
  readonly containerId: string | undefined
  /** Ports of the node, once the container runs. */
  readonly ports: readonly PublishedPort[]
  /** Milliseconds since 1970 by the manager's clock. */
  readonly createdAtMs: number
  readonly changedAtMs: number
  /** Version of the service's record that it was made from; 0 where Swarm does not say. */
  readonly specVersion: number
  /** What it holds of a node's generic resources. */
  readonly claims: readonly { readonly kind: string; readonly value: string }[]
  /** Nano-CPUs and bytes that it reserves. */
  readonly reserved: { readonly nanoCpus: number; readonly memoryBytes: number }
}

export interface PublishedPort {
  readonly containerPort: number
  readonly hostPort: number
  readonly protocol: Protocol
}
