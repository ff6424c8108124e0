// The last events of the cluster, in memory: what happened while nobody looked. What matters for work stands in Swarm.
import type { ClusterEvent, ClusterEventKind } from '../model/cluster/event.ts'

/** Some days of a quiet cluster, an hour of a restless one; about 200 KB. */
const capacity = 1000

export class EventLog {
  readonly #now: () => number
  readonly #events: ClusterEvent[] = []
  readonly #listeners = new Set<(event: ClusterEvent) => void>()
  #lastId = 0

  /** @param now milliseconds since 1970 */
  constructor({ now = Date.now }: { readonly now?: () => number } = {}) {
    this.#now = now
  }

  add(event: {
    readonly kind: ClusterEventKind
    readonly subject: string
    readonly text: string
  }): ClusterEvent {
    this.#lastId += 1
    const entry: ClusterEvent = { id: this.#lastId, atMs: this.#now(), ...event }
    this.#events.push(entry)
    if (this.#events.length > capacity) this.#events.shift()
    for (const listener of this.#listeners) listener(entry)
    return entry
  }

  /** Those after this id that are still remembered, oldest first; 0 gives all. */
  since(id: number): readonly ClusterEvent[] {
    return this.#events.filter((event) => event.id > id)
  }

  /** Each event as it happens. @returns ends it */
  follow(listener: (event: ClusterEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
