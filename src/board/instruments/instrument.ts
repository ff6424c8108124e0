// What a device of a board does when it is asked, apart from sockets. An instrument does only what its kind can.
import type { InstrumentState } from '../board-status.ts'
import type { Kind, Level } from '../kinds.ts'
import type { Answer } from '../wire/answer.ts'

/** An answer that takes its time, as a measurement does. */
export interface Delayed {
  /** Real milliseconds. */
  readonly afterMs: number
  readonly answer: () => Answer
}

export interface Instrument {
  readonly kind: Kind
  readonly write?: (value: Level) => Answer
  readonly pwm?: (frequencyHz: number, duty: number) => Answer
  readonly read?: () => Delayed
  /** Calls back at each edge of the line, until it is stopped. */
  readonly watch?: (onEdge: (value: Level, atMs: number) => void) => () => void
  /** The line is let go: an actuator falls to its safe state. */
  readonly release: () => void
  /** Sets what the world shows to the device, in place of its script; undefined gives it back to the script. Returns what is wrong. */
  readonly force: (value: number | undefined, reading: string | undefined) => string | undefined
  /** As it is now, for people. */
  readonly state: () => InstrumentState
}

export function atOnce(answer: Answer): Delayed {
  return { afterMs: 0, answer: () => answer }
}
