// The bars of a Swarm service: nodes that must not take its instances for now, since a device that it needs is absent there.
// They are constraints, and a label tells which of the constraints they are: whatever else reads or writes the spec leaves the user's own alone.
import type { SwarmServiceSpec } from '../swarm-service-spec.ts'
import { clusterLabel } from './labels.ts'

/** Ids of nodes, sorted. */
export function barsOf({ Labels }: Pick<SwarmServiceSpec, 'Labels'>): readonly string[] {
  return (Labels?.[clusterLabel.barred] ?? '').split(',').filter((id) => id !== '')
}

/** The same with these bars in place of those that it has; a spec without bars is as if it had never had one. */
export function withBars(spec: SwarmServiceSpec, nodeIds: readonly string[]): SwarmServiceSpec {
  const before = barsOf(spec)
  if (before.length === 0 && nodeIds.length === 0) return spec
  const ids = [...new Set(nodeIds)].sort()
  const { [clusterLabel.barred]: _, ...labels } = spec.Labels ?? {}
  const { Placement = {} } = spec.TaskTemplate
  const constraints = [...withoutBars(Placement.Constraints ?? [], before), ...ids.map(barOf)]
  return {
    ...spec,
    Labels: ids.length === 0 ? labels : { ...labels, [clusterLabel.barred]: ids.join(',') },
    TaskTemplate: { ...spec.TaskTemplate, Placement: { ...Placement, Constraints: constraints } },
  }
}

/** Of a bar that the user has written as a constraint too, his stays: bars stand behind all else. */
export function withoutBars(constraints: readonly string[], nodeIds: readonly string[]): readonly string[] {
  const kept = [...constraints]
  for (const id of nodeIds) {
    const at = kept.lastIndexOf(barOf(id))
    if (at >= 0) kept.splice(at, 1)
  }
  return kept
}

function barOf(nodeId: string): string {
  return `node.id!=${nodeId}`
}
