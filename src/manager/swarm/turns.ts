// One piece of work at a time for each key, in the order of their asking.

export class Turns {
  /** The last one of each key: the next one waits for it. */
  readonly #last = new Map<string, Promise<unknown>>()

  /** Settles as the work does; it begins when all before it have ended, well or badly. */
  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve()
    const turn = before.catch(() => {}).then(work)
    this.#last.set(key, turn)
    try {
      return await turn
    } finally {
      if (this.#last.get(key) === turn) this.#last.delete(key)
    }
  }
}
