// How a board that runs is, as its control socket tells it.
import type { Kind, Level } from './kinds.ts'
import type { Reading } from './wire/answer.ts'

export interface BoardTime {
  /** Milliseconds since 1970. */
  readonly atMs: number
  /** Simulated seconds since the start. */
  readonly atS: number
  /** Of the simulated day. */
  readonly secondOfDay: number
  readonly speed: number
}

/** What a device is at: a level, a tone, or readings. */
export interface InstrumentState {
  readonly value?: Level
  readonly frequencyHz?: number
  readonly duty?: number
  readonly readings?: readonly Reading[]
  /** What somebody has set in place of the script: a level, or values by reading. */
  readonly forced?: Level | Readonly<Record<string, number>>
}

export interface BoardStatus extends BoardTime {
  readonly board: string
  readonly devices: readonly ({
    readonly name: string
    readonly kind: Kind
    readonly isPlugged: boolean
    readonly isHeld: boolean
    readonly connections: number
  } & InstrumentState)[]
}
