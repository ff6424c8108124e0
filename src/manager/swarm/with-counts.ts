// The same service with other numbers: how many are to be active, how many to stand by, how many stand in for some that nobody hears.
import { clusterLabel } from '../../model/cluster/labels.ts'
import type { SwarmServiceSpec } from '../../model/swarm-service-spec.ts'

export interface Counts {
  readonly active?: number
  /** Beside the active ones and those on standby. */
  readonly standIns?: number
}

/** Swarm's replicas are all of them together; a service with one instance on each node stays as it is. */
export function withCounts(spec: SwarmServiceSpec, { active, standIns = 0 }: Counts): SwarmServiceSpec {
  if (spec.Mode.Replicated === undefined) return spec
  const labels = spec.Labels ?? {}
  const wanted = active ?? Number(labels[clusterLabel.active] ?? spec.Mode.Replicated.Replicas ?? 0)
  const standby = Number(labels[clusterLabel.standby] ?? 0)
  return {
    ...spec,
    Labels: { ...labels, [clusterLabel.active]: String(wanted) },
    Mode: { Replicated: { Replicas: wanted + standby + standIns } },
  }
}
