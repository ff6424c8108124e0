// What the agent could not do lately: told to the manager until it has been quiet about it for a while.

/** After this a problem that did not come again is taken for solved. */
const toldForMs = 120_000
/** The newest say enough; reports stay small. */
const mostProblems = 4
const mostCharacters = 300

export class Problems {
  readonly #now: () => number
  readonly #saidAtMs = new Map<string, number>()

  /** @param now milliseconds, monotonic */
  constructor(now: () => number) {
    this.#now = now
  }

  /** @returns whether it is a new one */
  say(text: string): boolean {
    const short = text.slice(0, mostCharacters)
    const isNew = !this.#saidAtMs.has(short)
    this.#saidAtMs.delete(short)
    this.#saidAtMs.set(short, this.#now())
    return isNew
  }

  /** Newest last. */
  get texts(): readonly string[] {
    for (const [text, atMs] of this.#saidAtMs) if (this.#now() - atMs > toldForMs) this.#saidAtMs.delete(text)
    return [...this.#saidAtMs.keys()].slice(-mostProblems)
  }
}
