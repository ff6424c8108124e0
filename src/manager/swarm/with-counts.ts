// The same service with another number of active instances.
import { clusterLabel } from '../../model/cluster/labels.ts'
import type { SwarmServiceSpec } from '../../model/swarm-service-spec.ts'

/** Swarm's replicas are the active ones and those on standby together; a service with one instance on each node stays as it is. */
export function withCounts(
  spec: SwarmServiceSpec,
  { active }: { readonly active: number },
): SwarmServiceSpec {
  if (spec.Mode.Replicated === undefined) return spec
  const labels = spec.Labels ?? {}
  const standby = Number(labels[clusterLabel.standby] ?? 0)
  return {
    ...spec,
    Labels: { ...labels, [clusterLabel.active]: String(active) },
    Mode: { Replicated: { Replicas: active + standby } },
  }
}
