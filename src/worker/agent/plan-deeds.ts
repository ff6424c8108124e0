// What is to be done to the instances of this node so that they are as the orders say. Pure.
import type { AgentOrders } from '../../model/cluster/agent-messages.ts'

export interface Subject {
  readonly id: string
  readonly isPaused: boolean
  /** Whether it has answered since its start: until then it is no standby. */
  readonly hasAnswered: boolean
}

export interface Deed {
  readonly kind: 'unpause' | 'kill' | 'pause'
  readonly id: string
}

const kinds: readonly Deed['kind'][] = ['unpause', 'kill', 'pause']

/** What somebody waits for comes first. */
export function planDeeds(
  subjects: readonly Subject[],
  { paused, stopped }: Pick<AgentOrders, 'paused' | 'stopped'>,
): readonly Deed[] {
  const [toPause, toStop] = [new Set(paused), new Set(stopped)]
  return subjects
    .flatMap(({ id, isPaused, hasAnswered }): Deed[] => {
      if (toStop.has(id)) return [{ kind: 'kill', id }]
      if (isPaused && !toPause.has(id)) return [{ kind: 'unpause', id }]
      return !isPaused && toPause.has(id) && hasAnswered ? [{ kind: 'pause', id }] : []
    })
    .toSorted((one, other) => kinds.indexOf(one.kind) - kinds.indexOf(other.kind))
}
