// Simulated time: seconds since the board started, faster than real ones by the speed of its script.
import { performance } from 'node:perf_hooks'

/** Longer waits of a timer overflow to none: Node, timers. */
const longestTimerMs = 2 ** 31 - 1

export class BoardClock {
  /** Simulated seconds a real second. */
  readonly speed: number
  readonly #startMs = performance.now()

  constructor(speed: number) {
    this.speed = speed
  }

  /** Simulated seconds since the start. */
  nowS(): number {
    return ((performance.now() - this.#startMs) / 1000) * this.speed
  }

  /** Milliseconds since 1970, of the real clock. */
  nowMs(): number {
    return Date.now()
  }

  /** Calls back once at or after a simulated second, unless it is stopped before; never for infinity. */
  at(simulatedS: number, call: () => void): () => void {
    if (!Number.isFinite(simulatedS)) return () => {}
    let timer: NodeJS.Timeout | undefined
    const wait = (): void => {
      const restMs = Math.ceil(((simulatedS - this.nowS()) / this.speed) * 1000)
      if (restMs <= 0) call()
      else timer = setTimeout(wait, Math.min(restMs, longestTimerMs))
    }
    timer = setTimeout(wait, 0)
    return () => clearTimeout(timer)
  }
}
