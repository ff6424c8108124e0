// Parts that start one after the other and stop the other way round, whatever happens in between.

export interface Part {
  /** For error texts and progress: `the registry`. */
  readonly name: string
  readonly start: (signal: AbortSignal) => Promise<unknown> | unknown
  readonly stop: () => Promise<unknown> | unknown
}

export class StartedParts {
  readonly #started: Part[] = []

  /** Starts the part; when that fails, all that were started before stop, and the error goes on. */
  async start(part: Part, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    try {
      await part.start(signal)
      this.#started.push(part)
    } catch (error) {
      // It may have begun; whatever its end says, why it did not start counts.
      this.#started.push(part)
      await this.stop().catch(() => {})
      throw error
    }
  }

  /** The last one first. One that fails does not keep the others from stopping; the first failure is thrown at the end. */
  async stop(): Promise<void> {
    const failures: unknown[] = []
    for (let part = this.#started.pop(); part !== undefined; part = this.#started.pop()) {
      try {
        await part.stop()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  }
}
