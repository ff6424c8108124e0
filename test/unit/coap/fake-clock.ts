// A clock that stands still until a test moves it.
import type { Clock } from '../../../src/coap/clock.ts'

interface Timer {
  readonly atMs: number
  readonly callback: () => void
}

export class FakeClock implements Clock {
  #nowMs = 1_000_000
  readonly #timers = new Set<Timer>()

  /** Timers that are armed. */
  get armed(): number {
    return this.#timers.size
  }

  now(): number {
    return this.#nowMs
  }

  setTimer(callback: () => void, delayMs: number): unknown {
    const timer = { atMs: this.#nowMs + delayMs, callback }
    this.#timers.add(timer)
    return timer
  }

  clearTimer(timer: unknown): void {
    this.#timers.delete(timer as Timer)
  }

  /** Lets time pass, and every timer fire at its time. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms
    for (;;) {
      const next = [...this.#timers].sort((a, b) => a.atMs - b.atMs)[0]
      if (next === undefined || next.atMs > endMs) break
      this.#timers.delete(next)
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
      next.callback()
    }
    this.#nowMs = endMs
  }
}
