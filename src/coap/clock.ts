// Time, as the room reads and waits for it; tests bring their own.

export interface Clock {
  /** Milliseconds that only grow. */
  now(): number
  /** Calls once after the delay; the return value cancels. */
  setTimer(callback: () => void, delayMs: number): unknown
  clearTimer(timer: unknown): void
}

/** Its timers keep no process alive: the open socket does. */
export const systemClock: Clock = Object.freeze({
  now: () => performance.now(),
  setTimer: (callback: () => void, delayMs: number) => setTimeout(callback, delayMs).unref(),
  clearTimer: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout),
})
