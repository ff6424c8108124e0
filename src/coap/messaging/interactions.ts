// How many interactions with one peer may be outstanding at once (RFC 7252 §4.7).

export interface Waiting {
  /** It is its turn: it counts as outstanding until it calls `release`. */
  onTurn(): void
}

/** At most NSTART run; the others wait, first come, first served. */
export class Interactions {
  readonly #nstart: number
  readonly #waiting = new Set<Waiting>()
  #running = 0

  constructor(nstart: number) {
    this.#nstart = nstart
  }

  get isIdle(): boolean {
    return this.#running === 0 && this.#waiting.size === 0
  }

  /** Calls `onTurn` at once or later. */
  enter(interaction: Waiting): void {
    if (this.#running < this.#nstart) {
      this.#running++
      interaction.onTurn()
    } else {
      this.#waiting.add(interaction)
    }
  }

  /** Gives up waiting; for one whose turn has come, `release` is the call. */
  leave(interaction: Waiting): void {
    this.#waiting.delete(interaction)
  }

  /** One that ran runs no more: the next has its turn. */
  release(): void {
    this.#running--
    for (const next of this.#waiting) {
      this.#waiting.delete(next)
      this.#running++
      next.onTurn()
      return
    }
  }
}
