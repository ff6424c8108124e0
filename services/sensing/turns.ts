// One thing after the other: what opens, drives and closes a device may not overlap.

export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  /** Begins when all that came before has ended, well or not. */
  run<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work)
    this.#last = result.catch(() => {})
    return result
  }
}
