// An actuator that takes a frequency: the passive buzzer. Its safe state is silence.
import type { InstrumentState } from '../board-status.ts'
import type { EdgeLog } from '../edge.ts'
import type { Kind } from '../kinds.ts'
import { type Answer, done, failure } from '../wire/answer.ts'
import type { Instrument } from './instrument.ts'

export interface PwmChannelParts {
  readonly name: string
  readonly kind: Kind
  readonly edges: EdgeLog
  readonly isStuck: () => boolean
}

interface Tone {
  readonly frequencyHz: number
  /** Share of a period that the line is high; above 0. */
  readonly duty: number
}

export class PwmChannel implements Instrument {
  readonly kind: Kind
  readonly #parts: PwmChannelParts
  /** Undefined is silence. */
  #tone: Tone | undefined

  constructor(parts: PwmChannelParts) {
    this.kind = parts.kind
    this.#parts = parts
  }

  readonly pwm = (frequencyHz: number, duty: number): Answer => {
    if (this.#parts.isStuck()) return failure('stuck', 'the channel does not follow')
    this.#set(duty === 0 ? undefined : { frequencyHz, duty }, 'pwm')
    return done
  }

  readonly release = (): void => this.#set(undefined, 'release')

  readonly force = (): string => 'an actuator is set by whoever holds it, not by the world'

  readonly state = (): InstrumentState => ({ value: this.#tone === undefined ? 0 : 1, ...this.#tone })

  #set(tone: Tone | undefined, cause: 'pwm' | 'release'): void {
    const before = this.#tone
    if (before?.frequencyHz === tone?.frequencyHz && before?.duty === tone?.duty) return
    this.#tone = tone
    const { name, kind, edges } = this.#parts
    edges.add({ device: name, kind, cause, value: tone === undefined ? 0 : 1, ...tone })
  }
}
