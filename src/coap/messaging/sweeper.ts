// The broom for tables whose entries outlive their use.
import { type Schedule, Task } from './schedule.ts'

const everyMs = 15_000

/** Drops what has outlived its time, now and then: nobody waits for it. */
export class Sweeper extends Task {
  readonly #schedule: Schedule
  readonly #sweep: () => void

  constructor(schedule: Schedule, sweep: () => void) {
    super()
    this.#schedule = schedule
    this.#sweep = sweep
  }

  start(): void {
    this.#schedule.start(this, everyMs)
  }

  override onDue(): void {
    this.#sweep()
    this.start()
  }
}
