// Counts wrong tokens by address: who sends many has to wait. A token is not guessed in any case; this keeps the log and the processor quiet.

/** In one go, until the address has to wait. */
const mostWrong = 20
const forgetMs = 60_000
const mostAddresses = 1024

export class WrongTokens {
  readonly #now: () => number
  readonly #entries = new Map<string, { count: number; readonly forgottenAtMs: number }>()

  /** @param now milliseconds, monotonic */
  constructor(now: () => number) {
    this.#now = now
  }

  mustWait(address: string): boolean {
    return (this.#known(address)?.count ?? 0) >= mostWrong
  }

  add(address: string): void {
    const known = this.#known(address)
    if (known !== undefined) {
      known.count += 1
      return
    }
    const [oldest] = this.#entries.keys()
    if (this.#entries.size >= mostAddresses && oldest !== undefined) this.#entries.delete(oldest)
    this.#entries.set(address, { count: 1, forgottenAtMs: this.#now() + forgetMs })
  }

  #known(address: string): { count: number } | undefined {
    const entry = this.#entries.get(address)
    if (entry === undefined || entry.forgottenAtMs > this.#now()) return entry
    this.#entries.delete(address)
    return undefined
  }
}
