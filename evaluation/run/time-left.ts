// How long a run still takes: what was expected, corrected by how it went until now.
export interface Expected {
  /** What goes alike: the cells of one scenario, the openings of stages. */
  readonly kind: string
  readonly expectedMs: number
}

export class TimeLeft {
  readonly #seen = new Map<string, { expectedMs: number; tookMs: number }>()

  took({ kind, expectedMs }: Expected, tookMs: number): void {
    const before = this.#seen.get(kind) ?? { expectedMs: 0, tookMs: 0 }
    this.#seen.set(kind, {
      expectedMs: before.expectedMs + expectedMs,
      tookMs: before.tookMs + tookMs,
    })
  }

  /** @returns milliseconds; a kind of which nothing was seen goes as all others did together */
  of(left: readonly Expected[]): number {
    return left.reduce((sum, { kind, expectedMs }) => sum + expectedMs * this.#slowness(kind), 0)
  }

  #slowness(kind: string): number {
    const own = this.#seen.get(kind)
    const seen = own === undefined ? [...this.#seen.values()] : [own]
    const expectedMs = seen.reduce((sum, each) => sum + each.expectedMs, 0)
    const tookMs = seen.reduce((sum, each) => sum + each.tookMs, 0)
    return expectedMs > 0 ? tookMs / expectedMs : 1
  }
}
