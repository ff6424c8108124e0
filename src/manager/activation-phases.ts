// When each phase of an activation ended, from the states of the first instance to get there.
import type { ClusterInstance } from '../model/cluster/instance.ts'

export type ActivationPhase = 'schedule' | 'create' | 'start' | 'ready'

const order: readonly ActivationPhase[] = ['schedule', 'create', 'start', 'ready']

/** For who waited in vain. */
const hanging: Readonly<Record<ActivationPhase, string>> = {
  schedule: 'Swarm has not chosen a node yet',
  create: 'the node fetches its image or creates the container',
  start: 'its container does not start',
  ready: 'it runs, but does not answer',
}

export class ActivationPhases {
  readonly #startedAtMs: number
  readonly #now: () => number
  readonly #endedAtMs = new Map<ActivationPhase, number>()

  /** @param startedAtMs by the clock of `now`: monotonic milliseconds */
  constructor(startedAtMs: number, now: () => number = () => performance.now()) {
    this.#startedAtMs = startedAtMs
    this.#now = now
  }

  see(instances: readonly Pick<ClusterInstance, 'state'>[]): void {
    for (const { state } of instances) {
      if (state === 'new' || state === 'pending') continue
      this.#end('schedule')
      if (state === 'starting' || state === 'running') this.#end('create')
      if (state === 'running') this.#end('start')
    }
  }

  ready(): void {
    this.#end('ready')
  }

  hangsAt(): string {
    const open = order.find((phase) => !this.#endedAtMs.has(phase)) ?? 'ready'
    return hanging[open]
  }

  totalMs(): number {
    return (this.#endedAtMs.get('ready') ?? this.#now()) - this.#startedAtMs
  }

  /** Milliseconds that each took. */
  read(): Readonly<Record<string, number>> {
    let before = this.#startedAtMs
    const phases: Record<string, number> = {}
    for (const phase of order) {
      const at = this.#endedAtMs.get(phase)
      if (at === undefined) continue
      phases[phase] = at - before
      before = at
    }
    return phases
  }

  /** Whoever has got further has ended what comes before as well. */
  #end(phase: ActivationPhase): void {
    for (const each of order.slice(0, order.indexOf(phase) + 1))
      if (!this.#endedAtMs.has(each)) this.#endedAtMs.set(each, this.#now())
  }
}
