// The level of a digital line: what it is, or was a moment ago.

/** Counts as active until `holdMs` after it last was. `onChange` is told whenever what `read` gives has changed. */
export class Level {
  readonly #holdMs: number
  readonly #onChange: () => void
  #isActive = false
  #heldUntilMs = 0
  /** What `read` gave, or `onChange` was told of. */
  #known = false
  #later: NodeJS.Timeout | undefined

  constructor(holdMs: number, onChange: () => void) {
    this.#holdMs = holdMs
    this.#onChange = onChange
  }

  edge(isActive: boolean): void {
    if (isActive || this.#isActive) this.#heldUntilMs = performance.now() + this.#holdMs
    this.#isActive = isActive
    this.#update()
  }

  /** @param isActive what the line says now */
  read(isActive: boolean): boolean {
    this.#isActive = isActive
    this.#known = this.#now()
    return this.#known
  }

  stop(): void {
    clearTimeout(this.#later)
    this.#isActive = false
    this.#heldUntilMs = 0
    this.#known = false
  }

  #now(): boolean {
    return this.#isActive || performance.now() < this.#heldUntilMs
  }

  #update(): void {
    clearTimeout(this.#later)
    const now = this.#now()
    if (now && !this.#isActive) {
      const waitMs = this.#heldUntilMs - performance.now()
      this.#later = setTimeout(() => this.#update(), Math.max(1, Math.ceil(waitMs)))
      this.#later.unref()
    }
    if (now === this.#known) return
    this.#known = now
    this.#onChange()
  }
}
