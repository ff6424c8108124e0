// How many interactions with one peer may be outstanding at once (RFC 7252 §4.7).

/** One interaction; it enters one peer's queue, once. */
export abstract class Interaction {
  earlier: Interaction | undefined = undefined
  later: Interaction | undefined = undefined

  /** It is its turn: it counts as outstanding until `release` is called for it. */
  abstract onTurn(): void
}

/** At most NSTART are outstanding; the others wait, first come, first served. */
export class Interactions {
  readonly #nstart: number
  #outstanding = 0
  #first: Interaction | undefined
  #last: Interaction | undefined
  #isHandingOn = false

  constructor(nstart: number) {
    this.#nstart = nstart
  }

  get isIdle(): boolean {
    return this.#outstanding === 0
  }

  /** Calls `onTurn` at once or later. */
  enter(interaction: Interaction): void {
    if (this.#outstanding < this.#nstart) {
      this.#outstanding++
      interaction.onTurn()
      return
    }
    interaction.earlier = this.#last
    if (this.#last === undefined) this.#first = interaction
    else this.#last.later = interaction
    this.#last = interaction
  }

  /** Gives up waiting; for one whose turn has come, `release` is the call. */
  leave(interaction: Interaction): void {
    if (interaction.earlier === undefined) this.#first = interaction.later
    else interaction.earlier.later = interaction.later
    if (interaction.later === undefined) this.#last = interaction.earlier
    else interaction.later.earlier = interaction.earlier
    interaction.earlier = undefined
    interaction.later = undefined
  }

  /** One is outstanding no more: the next has its turn. */
  release(): void {
    this.#outstanding--
    if (this.#isHandingOn) return // one that fails in its turn releases at once: the loop below goes on, not the stack
    this.#isHandingOn = true
    for (let next = this.#first; next !== undefined && this.#outstanding < this.#nstart; next = this.#first) {
      this.leave(next)
      this.#outstanding++
      next.onTurn()
    }
    this.#isHandingOn = false
  }
}
