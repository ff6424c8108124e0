// A digital actuator: laser, active buzzer. Its safe state is off.
import type { InstrumentState } from '../board-status.ts'
import type { EdgeLog } from '../edge.ts'
import type { Kind, Level } from '../kinds.ts'
import { type Answer, done, failure } from '../wire/answer.ts'
import { atOnce, type Delayed, type Instrument } from './instrument.ts'

export interface OutputLineParts {
  readonly name: string
  readonly kind: Kind
  readonly edges: EdgeLog
  /** Whether the line does not follow what is written to it now. */
  readonly isStuck: () => boolean
}

export class OutputLine implements Instrument {
  readonly kind: Kind
  readonly #parts: OutputLineParts
  #level: Level = 0

  constructor(parts: OutputLineParts) {
    this.kind = parts.kind
    this.#parts = parts
  }

  readonly write = (value: Level): Answer => {
    if (this.#parts.isStuck())
      return failure('stuck', `the line does not follow, and stays at ${this.#level}`)
    this.#set(value, 'write')
    return done
  }

  /** The level that the line has, as a line of GPIO can be read back. */
  readonly read = (): Delayed => atOnce({ ok: true, readings: [{ name: 'level', value: this.#level }] })

  readonly release = (): void => this.#set(0, 'release')

  readonly force = (): string => 'an actuator is set by whoever holds it, not by the world'

  readonly state = (): InstrumentState => ({ value: this.#level })

  #set(value: Level, cause: 'write' | 'release'): void {
    if (value === this.#level) return
    this.#level = value
    const { name, kind, edges } = this.#parts
    edges.add({ device: name, kind, cause, value })
  }
}
