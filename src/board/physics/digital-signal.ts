// A level over time: 0 or 1, and when it may change next. Pure.
import type { Level } from '../kinds.ts'

export interface DigitalSignal {
  /** At a simulated second. */
  readonly levelAt: (atS: number) => Level
  /** The first second after this one at which the level may change, always later; infinity where it never does. */
  readonly nextBoundary: (atS: number) => number
}
