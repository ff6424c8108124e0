// Which instances of a service are to be active, and which are to stand by, paused. Pure.
import type { AgentInstanceState } from '../../model/cluster/agent-messages.ts'

/** An instance that Swarm runs on a node that is heard. */
export interface Candidate {
  readonly id: string
  /** `unwatched`: its node has no agent, or none that has reported yet. It may run or stand paused. */
  readonly state: AgentInstanceState | 'unwatched'
  /** Whether the last plan had it among the active ones. */
  readonly wasActive: boolean
  readonly createdAtMs: number
}

export interface StandbyPlan {
  readonly active: readonly string[]
  /** Each of them runs on until it has answered once: what never did is no use as a standby. */
  readonly paused: readonly string[]
}

/**
 * Keeps active those that answer; then takes those that stand by, which answer within milliseconds; then those that still start. One that was
 * unpaused just now and has not answered yet goes before those that stand by: it is about to. Among equals those stay that are, then the
 * older ones, so that nothing changes without need. Of what is not known the better is not hoped: one too many does less harm than none.
 */
export function planStandby(candidates: readonly Candidate[], wanted: number): StandbyPlan {
  const ranked = candidates
    .toSorted(
      (one, other) =>
        rankOf(one) - rankOf(other) ||
        Number(other.wasActive) - Number(one.wasActive) ||
        one.createdAtMs - other.createdAtMs ||
        (one.id < other.id ? -1 : 1),
    )
    .map(({ id }) => id)
  return { active: ranked.slice(0, wanted), paused: ranked.slice(wanted) }
}

function rankOf({ state, wasActive }: Candidate): number {
  switch (state) {
    case 'answering':
      return 0
    case 'paused':
      return wasActive ? 1 : 2
    case 'unwatched':
      return wasActive ? 1 : 3
    case 'starting':
      return wasActive ? 1 : 4
    case 'silent':
      return 5
    case 'ended':
      return 6
  }
}
