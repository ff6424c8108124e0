// Something that happened in the cluster and that a person would want to know.

export type ClusterEventKind =
  | 'node-joined'
  | 'node-left'
  | 'node-away'
  | 'node-back'
  | 'application-deployed'
  | 'application-removed'
  | 'service-activated'
  | 'service-deactivated'
  | 'service-updated'
  | 'service-rolled-back'
  | 'instance-started'
  | 'instance-ended'
  | 'instance-silent'
  | 'instance-killed'
  | 'instance-failed'
  | 'device-absent'
  | 'device-present'
  | 'catalogue-changed'
  | 'registry-down'
  | 'registry-up'
  | 'problem'

export interface ClusterEvent {
  /** From 1, one more each; begins anew with the manager. */
  readonly id: number
  /** Milliseconds since 1970 by the manager's clock. */
  readonly atMs: number
  readonly kind: ClusterEventKind
  /** A node, an application, a service, an instance or a device: `worker1`, `greenhouse/climate`, `worker1/dht11-kitchen`. */
  readonly subject: string
  /** One line for a person. */
  readonly text: string
}
