// What actuators did and when: the last edges in memory, each of them also a line of a file where one is wanted.
import type { Kind, Level } from './kinds.ts'

/** `write`, `pwm`: a client asked for it; `release`: the line was let go and fell to its safe state, off. */
export type EdgeCause = 'write' | 'pwm' | 'release'

export interface Edge {
  /** Counted from 1, over all devices of the board. */
  readonly number: number
  readonly device: string
  readonly kind: Kind
  readonly cause: EdgeCause
  /** Milliseconds since 1970, of the real clock. */
  readonly atMs: number
  /** Simulated seconds since the board started. */
  readonly atS: number
  readonly value: Level
  /** Of a passive buzzer that sounds. */
  readonly frequencyHz?: number
  readonly duty?: number
}

/** Edges kept in memory; older ones are in the file only. */
export const mostEdges = 10_000

export interface EdgeLogParts {
  readonly nowMs: () => number
  readonly nowS: () => number
  /** Takes one line, with its end. */
  readonly write: (line: string) => void
}

export class EdgeLog {
  readonly #parts: EdgeLogParts
  readonly #edges: Edge[] = []
  #count = 0

  constructor(parts: EdgeLogParts) {
    this.#parts = parts
  }

  add(edge: Omit<Edge, 'number' | 'atMs' | 'atS'>): void {
    this.#count += 1
    const atS = Math.round(this.#parts.nowS() * 1000) / 1000
    const full: Edge = { number: this.#count, ...edge, atMs: this.#parts.nowMs(), atS }
    if (this.#edges.length === mostEdges) this.#edges.shift()
    this.#edges.push(full)
    this.#parts.write(`${JSON.stringify(full)}\n`)
  }

  /** Those that are kept, oldest first. */
  after(number: number): readonly Edge[] {
    return this.#edges.filter((edge) => edge.number > number)
  }
}
