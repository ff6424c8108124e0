// The containers that run on this machine, by what its Engine tells of them as it happens: asking again and again would cost more than the samples.
import type { Engine } from '../engine/engine.ts'
import { pause } from '../model/pause.ts'

/** An Engine that has gone may come back; one that never was is asked for more and more seldom. */
const againAfterMs = { least: 1000, most: 60_000 }

export class RunningContainers {
  readonly #engine: Pick<Engine, 'containers' | 'events'>
  /** By id. */
  readonly #known = new Map<string, { readonly name: string; readonly pid: number }>()
  #processes: ReadonlyMap<string, number> = new Map()

  constructor(engine: Pick<Engine, 'containers' | 'events'>) {
    this.#engine = engine
  }

  /** The first process of each, by the container's name. */
  get processes(): ReadonlyMap<string, number> {
    return this.#processes
  }

  /** Until the signal comes; never rejects. */
  async follow(signal: AbortSignal): Promise<void> {
    let waitMs = againAfterMs.least
    while (!signal.aborted) {
      await this.#followOnce(signal, () => {
        waitMs = againAfterMs.least
      }).catch(() => {})
      this.#known.clear()
      this.#publish()
      await pause(waitMs, signal)
      waitMs = Math.min(waitMs * 2, againAfterMs.most)
    }
  }

  async #followOnce(signal: AbortSignal, onListening: () => void): Promise<void> {
    const filters = { type: ['container'], event: ['start', 'die', 'rename'] }
    const listed: Promise<void>[] = []
    const onOpen = (): void => {
      onListening()
      const all = this.#list(signal)
      all.catch(() => {})
      listed.push(all)
    }
    for await (const { id, action } of this.#engine.events.follow({ filters, signal, onOpen })) {
      await Promise.all(listed)
      if (action === 'die') this.#forget(id)
      else await this.#look(id, signal)
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const running = (await this.#engine.containers.list([], { signal })).filter(
      ({ state }) => state === 'running',
    )
    await Promise.all(running.map(({ id }) => this.#look(id, signal)))
  }

  async #look(id: string, signal: AbortSignal): Promise<void> {
    const seen = await this.#engine.containers.inspect(id, { signal })
    if (seen === undefined || seen.pid === 0) return this.#forget(id)
    this.#known.set(id, { name: seen.name, pid: seen.pid })
    this.#publish()
  }

  #forget(id: string): void {
    this.#known.delete(id)
    this.#publish()
  }

  #publish(): void {
    this.#processes = new Map([...this.#known.values()].map(({ name, pid }) => [name, pid]))
  }
}
