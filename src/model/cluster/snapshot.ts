// The cluster at one moment: what placement, plans and pages read. Immutable.
import type { ClusterInstance } from './instance.ts'
import type { ClusterNode } from './node.ts'
import type { ClusterService } from './service.ts'

export interface ClusterSnapshot {
  readonly nodes: readonly ClusterNode[]
  readonly services: readonly ClusterService[]
  readonly instances: readonly ClusterInstance[]
  /** Milliseconds of a monotonic clock. */
  readonly takenAtMs: number
}
