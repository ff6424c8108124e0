// A load average reckoned as the kernel reckons its own (kernel/sched/loadavg.c): for a part of a machine, which has none.

/** Fixed point of 11 bits; decay over 5 s for 1, 5 and 15 minutes. */
const one = 1 << 11
const decays = [1884, 2014, 2037] as const
/** Five seconds, in the kernel 5·HZ + 1 ticks. */
export const loadPeriodMs = 5000

export class LoadAverage {
  #fixed: [number, number, number] = [0, 0, 0]
  #dueAtMs: number

  /** @param startMs milliseconds, monotonic */
  constructor(startMs: number) {
    this.#dueAtMs = startMs + loadPeriodMs
  }

  /** @param countActive tasks that run, want to run, or wait for a disk, at this moment; asked when a period has passed */
  count(countActive: () => number, nowMs: number): void {
    if (nowMs < this.#dueAtMs) return
    const active = countActive() * one
    for (; nowMs >= this.#dueAtMs; this.#dueAtMs += loadPeriodMs) {
      const [a, b, c] = this.#fixed
      this.#fixed = [
        decayed(a, decays[0], active),
        decayed(b, decays[1], active),
        decayed(c, decays[2], active),
      ]
    }
  }

  /** Over 1, 5 and 15 minutes. */
  get values(): readonly [number, number, number] {
    const [a, b, c] = this.#fixed
    return [a / one, b / one, c / one]
  }
}

/** `calc_load`: rounded up while it rises, so that a constant load is reached. */
function decayed(load: number, decay: number, active: number): number {
  const next = load * decay + active * (one - decay) + (active >= load ? one - 1 : 0)
  return Math.floor(next / one)
}
