// A service as the cluster holds it: Swarm's record, read.
import type { SwarmServiceSpec } from '../swarm-service-spec.ts'

export interface ClusterService {
  /** Swarm's id of it. */
  readonly id: string
  /** Of Swarm's record, for changes to it. */
  readonly version: number
  /** `APPLICATION_SERVICE`, as `docker service ls` shows it. */
  readonly swarmName: string
  /** From the labels; undefined where neither Shoal nor `docker stack` made it. */
  readonly application: string | undefined
  /** Its name in the Compose file; the whole Swarm name where there is no application. */
  readonly name: string
  readonly spec: SwarmServiceSpec
  /** Whether there is a spec to go back to. */
  readonly hasPreviousSpec: boolean
  readonly update:
    | { readonly state: UpdateState; readonly message: string; readonly startedAtMs: number }
    | undefined
  readonly createdAtMs: number
  readonly changedAtMs: number
}

export type UpdateState =
  | 'updating'
  | 'paused'
  | 'completed'
  | 'rollback_started'
  | 'rollback_paused'
  | 'rollback_completed'
