// Which instances of a service are to be active, and which are to stand paused. Pure.
import type { ClusterInstance } from '../../model/cluster/instance.ts'
import type { Liveness } from '../../model/cluster/views.ts'

export interface ActiveChoice {
  readonly active: readonly string[]
  readonly paused: readonly string[]
}

/**
 * Keeps active those that answer; then takes those that stand by, which answer within milliseconds; then those that still start.
 * Among equals the older one stays, so that nothing changes without need.
 * @param instances that Swarm wants and that run, none of them on a node that nobody hears
 */
export function chooseActive(
  instances: readonly ClusterInstance[],
  wanted: number,
  liveness: Pick<Liveness, 'instanceState'>,
): ActiveChoice {
  const ranked = instances
    .map((instance) => ({ instance, rank: rankOf(liveness.instanceState(instance.id)) }))
    .sort((a, b) => a.rank - b.rank || a.instance.createdAtMs - b.instance.createdAtMs)
    .map(({ instance }) => instance.id)
  return { active: ranked.slice(0, wanted), paused: ranked.slice(wanted) }
}

function rankOf(state: ReturnType<Liveness['instanceState']>): number {
  switch (state) {
    case 'answering':
      return 0
    case 'paused':
      return 1
    case 'starting':
      return 2
    case 'silent':
      return 4
    case 'ended':
      return 5
    default:
      return 3
  }
}
