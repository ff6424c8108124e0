// A sensor that is asked for readings, takes its time, and fails as its script says: light, humidity.
import type { InstrumentState } from '../board-status.ts'
import type { Kind } from '../kinds.ts'
import { valueAt } from '../physics/curve.ts'
import { chance, normal } from '../physics/noise.ts'
import { windowAt } from '../physics/windows.ts'
import type { FailureWindow, Quantity } from '../script/board-script.ts'
import { type Answer, failure, type Reading } from '../wire/answer.ts'
import type { Delayed, Instrument } from './instrument.ts'

/** How long a driver waits for a sensor that does not answer: a second in Linux's dht11. */
const silenceMs = 1000

export interface SensorParts {
  readonly name: string
  readonly kind: Kind
  readonly seed: number
  readonly quantities: readonly Quantity[]
  readonly fails: readonly FailureWindow[]
  /** How long a reading takes, in real milliseconds. */
  readonly readMs: number
  /** A sensor measures anew after so many simulated seconds, and gives the same readings until then. */
  readonly sampleS: number
  readonly clock: { nowS(): number }
}

export class Sensor implements Instrument {
  readonly kind: Kind
  readonly #parts: SensorParts
  readonly #forced = new Map<string, number>()
  #reads = 0

  constructor(parts: SensorParts) {
    this.kind = parts.kind
    this.#parts = parts
  }

  readonly read = (): Delayed => {
    this.#reads += 1
    const error = failureOf(this.#parts, this.#parts.clock.nowS(), this.#reads)
    const afterMs = error === 'timeout' ? silenceMs : this.#parts.readMs
    const answer = (): Answer =>
      error === undefined ? { ok: true, readings: this.#readings() } : failure(error, failureTexts[error])
    return { afterMs, answer }
  }

  readonly release = (): void => {}

  readonly force = (value: number | undefined, reading: string | undefined): string | undefined => {
    const { quantities } = this.#parts
    const name = reading ?? quantities[0]?.name ?? ''
    if (!quantities.some((quantity) => quantity.name === name)) {
      return `there is no reading "${name}"; there is ${quantities.map((one) => one.name).join(', ')}`
    }
    if (value === undefined) this.#forced.delete(name)
    else this.#forced.set(name, value)
    return undefined
  }

  readonly state = (): InstrumentState => ({
    readings: this.#readings(),
    ...(this.#forced.size === 0 ? {} : { forced: Object.fromEntries(this.#forced) }),
  })

  #readings(): readonly Reading[] {
    return readingsAt(this.#parts, this.#parts.clock.nowS(), this.#forced)
  }
}

/** What the sensor measures at a simulated second. Pure. */
export function readingsAt(
  { name, seed, quantities, sampleS }: Pick<SensorParts, 'name' | 'seed' | 'quantities' | 'sampleS'>,
  atS: number,
  forced: ReadonlyMap<string, number> = new Map(),
): readonly Reading[] {
  const sample = Math.floor(atS / sampleS)
  return quantities.map((quantity) => {
    const source = `${name} ${quantity.name}`
    const noise = quantity.noise === 0 ? 0 : quantity.noise * normal(seed, source, sample)
    // What somebody sets is what they are to read.
    const seen = forced.get(quantity.name) ?? valueAt(quantity.curve, seed, source, sample * sampleS) + noise
    return { name: quantity.name, unit: quantity.unit, value: measured(quantity, seen) }
  })
}

/** Whether the nth reading since the start fails at a simulated second, and how. Pure. */
export function failureOf(
  { name, seed, fails }: Pick<SensorParts, 'name' | 'seed' | 'fails'>,
  atS: number,
  count: number,
): FailureWindow['error'] | undefined {
  const window = windowAt(fails, atS)
  if (window === undefined) return undefined
  return chance(seed, `${name} fails`, count) < window.share ? window.error : undefined
}

function measured({ resolution, min, max }: Quantity, value: number): number {
  const steps = Math.round(Math.min(max, Math.max(min, value)) / resolution)
  // Without the dust that a product of decimals leaves: 0.1 · 3.
  return Number((steps * resolution).toFixed(6))
}

const failureTexts: Readonly<Record<FailureWindow['error'], string>> = {
  checksum: 'the checksum of the reading is wrong',
  timeout: 'the sensor does not answer',
  stuck: 'the data line does not change',
}
