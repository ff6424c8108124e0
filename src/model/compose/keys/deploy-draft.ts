// What the key `deploy` of a service says.
import type { RestartPolicy } from '../../application.ts'
import type { ClusterRestart, UpdatePolicy } from '../../cluster/settings.ts'
import type { Patch } from '../section.ts'
import type { Placement } from './cluster/placement.ts'

export interface Deploy {
  readonly replicas: number
  readonly resources: Patch<Resources>
  readonly restart: RestartPolicy
  /** The rest in cluster mode alone. */
  readonly mode: 'replicated' | 'global'
  readonly labels: Readonly<Record<string, string>>
  readonly endpointMode: 'vip' | 'dnsrr'
  readonly placement: Patch<Placement>
  readonly clusterRestart: ClusterRestart
  readonly update: Patch<UpdatePolicy>
  readonly rollback: Patch<UpdatePolicy>
}

export interface Resources {
  readonly limits: Patch<Limits>
  readonly reservations: Patch<Reservations>
}

export interface Limits {
  readonly cpus: number
  readonly memoryBytes: number
  readonly pids: number
}

export interface Reservations {
  readonly memoryBytes: number
  /** The rest in cluster mode alone. */
  readonly cpus: number
  readonly generic: readonly { readonly kind: string; readonly count: number }[]
}
