// A digital sensor: flame, sound. The world drives its line; whoever watches hears of each edge.
import type { InstrumentState } from '../board-status.ts'
import type { Kind, Level } from '../kinds.ts'
import type { DigitalSignal } from '../physics/digital-signal.ts'
import type { StuckSignal } from '../physics/stuck.ts'
import { atOnce, type Delayed, type Instrument } from './instrument.ts'

/** Boundaries that are looked at in one go after a delay of the machine; a kernel's queue of edges is bounded as well. */
const mostLateBoundaries = 256

export interface InputLineParts {
  readonly kind: Kind
  /** What the world shows, and where the line is stuck nevertheless. */
  readonly signal: DigitalSignal
  readonly stuck: StuckSignal
  readonly clock: {
    nowS(): number
    nowMs(): number
    at(simulatedS: number, call: () => void): () => void
  }
}

export class InputLine implements Instrument {
  readonly kind: Kind
  readonly #parts: InputLineParts
  readonly #watchers = new Set<(value: Level, atMs: number) => void>()
  #forced: Level | undefined
  #seen: Level = 0
  #seenAtS = 0
  #stopTimer: () => void = () => {}

  constructor(parts: InputLineParts) {
    this.kind = parts.kind
    this.#parts = parts
  }

  readonly read = (): Delayed =>
    atOnce({ ok: true, readings: [{ name: 'level', value: this.#levelAt(this.#parts.clock.nowS()) }] })

  readonly watch = (onEdge: (value: Level, atMs: number) => void): (() => void) => {
    if (this.#watchers.size === 0) {
      this.#seenAtS = this.#parts.clock.nowS()
      this.#seen = this.#levelAt(this.#seenAtS)
      this.#waitForChange()
    }
    this.#watchers.add(onEdge)
    return () => {
      this.#watchers.delete(onEdge)
      if (this.#watchers.size === 0) this.#stopTimer()
    }
  }

  readonly release = (): void => {}

  readonly force = (value: number | undefined): string | undefined => {
    if (value !== undefined && value !== 0 && value !== 1) return 'expected 0 or 1'
    this.#tellUntil(this.#parts.clock.nowS())
    this.#forced = value
    this.#tell(this.#levelAt(this.#parts.clock.nowS()))
    if (this.#watchers.size > 0) this.#waitForChange()
    return undefined
  }

  readonly state = (): InstrumentState => ({
    value: this.#levelAt(this.#parts.clock.nowS()),
    ...(this.#forced === undefined ? {} : { forced: this.#forced }),
  })

  #levelAt(atS: number): Level {
    const worldAt = (anyS: number): Level => this.#forced ?? this.#parts.signal.levelAt(anyS)
    return this.#parts.stuck.levelAt(atS, worldAt) ?? worldAt(atS)
  }

  #nextBoundary(atS: number): number {
    const stuck = this.#parts.stuck.nextBoundary(atS)
    return this.#forced === undefined ? Math.min(stuck, this.#parts.signal.nextBoundary(atS)) : stuck
  }

  #waitForChange(): void {
    this.#stopTimer()
    const next = this.#nextBoundary(this.#seenAtS)
    this.#stopTimer = this.#parts.clock.at(next, () => {
      this.#tellUntil(this.#parts.clock.nowS())
      this.#waitForChange()
    })
  }

  /** Every edge since the last look, and, where there were too many to tell, the level at last. */
  #tellUntil(nowS: number): void {
    for (let looked = 0; looked < mostLateBoundaries; looked++) {
      const next = this.#nextBoundary(this.#seenAtS)
      if (next > nowS) break
      this.#seenAtS = next
      this.#tell(this.#levelAt(next))
    }
    this.#seenAtS = Math.max(this.#seenAtS, nowS)
    this.#tell(this.#levelAt(nowS))
  }

  #tell(value: Level): void {
    if (value === this.#seen) return
    this.#seen = value
    const atMs = this.#parts.clock.nowMs()
    for (const onEdge of this.#watchers) onEdge(value, atMs)
  }
}
