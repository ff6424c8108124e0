// One sensor: off, or on and held; read when asked, watched while somebody observes it.
import { type Capability, capabilities } from './capability.ts'
import { DeviceError, isPassing } from './device-error.ts'
import type { HeldSensor, Reading, SensorDriver } from './driver.ts'
import { Level } from './level.ts'
import { NotOn } from './not-on.ts'
import type { Measurement } from './senml.ts'
import { Turns } from './turns.ts'

export interface SensorOptions {
  readonly id: string
  readonly capability: Capability
  readonly driver: SensorDriver
  readonly log: (line: string) => void
}

/** An observer is told the last good reading again, with its own time, instead of a failure that passes: for so long. */
const forgiveMs = 30_000

export class Sensor {
  readonly #options: SensorOptions
  readonly #samplePeriodMs: number
  readonly #turns = new Turns()
  readonly #listeners = new Set<() => void>()
  readonly #level: Level
  #isOn = false
  #held: HeldSensor | undefined
  #reading: Promise<Measurement> | undefined
  #last: Measurement | undefined
  #sampling: NodeJS.Timeout | undefined

  constructor(options: SensorOptions) {
    this.#options = options
    const { samplePeriodMs = 1000, holdMs = 0 } = capabilities[options.capability]
    this.#samplePeriodMs = samplePeriodMs
    this.#level = new Level(holdMs, () => this.#tell())
  }

  /** Holds the device; one that is held already stays so. Rejects with `DeviceError`; what was off stays off then. */
  async on(): Promise<void> {
    await this.#turns.run(async () => {
      await this.#open()
      this.#isOn = true
    })
    this.#sample()
  }

  async off(): Promise<void> {
    await this.#turns.run(async () => {
      this.#isOn = false
      const held = this.#held
      this.#held = undefined
      await held?.close()
      this.#level.stop()
    })
    this.#tell()
  }

  /** For a process that is about to end. */
  abandon(): void {
    this.#held?.abandon()
  }

  /**
   * Reads it; whoever asks during a reading gets the same one. A device that was lost is opened again.
   * Rejects with `NotOn` or `DeviceError`.
   */
  async read(): Promise<Measurement> {
    if (!this.#isOn) throw new NotOn(this.#options.id)
    this.#reading ??= this.#readOnce().finally(() => {
      this.#reading = undefined
    })
    return await this.#reading
  }

  /** For an observer: a reading not older than a period of sampling, or the last good one where this one failed and the next may not. */
  async observe(): Promise<Measurement> {
    const last = this.#last
    const ageMs = last === undefined ? Number.POSITIVE_INFINITY : Date.now() - last.atMs
    if (
      this.#isOn &&
      last !== undefined &&
      this.#held?.tellsEdges === false &&
      ageMs < this.#samplePeriodMs
    ) {
      return last
    }
    try {
      return await this.read()
    } catch (error) {
      if (last !== undefined && error instanceof DeviceError && isPassing(error) && ageMs < forgiveMs)
        return last
      throw error
    }
  }

  /** Calls back when a reading differs from the one before, and when the sensor is put off or lost. @returns ends it */
  subscribe(listener: () => void): () => void {
    // Another function each time: a listener may be given twice.
    const tell = () => listener()
    this.#listeners.add(tell)
    this.#sample()
    return () => {
      this.#listeners.delete(tell)
      if (this.#listeners.size > 0) return
      clearTimeout(this.#sampling)
      this.#sampling = undefined
    }
  }

  async #readOnce(): Promise<Measurement> {
    const held = this.#held ?? (await this.#reopen())
    let readings: readonly Reading[]
    try {
      readings = await held.read()
    } catch (error) {
      if (!this.#isOn) throw new NotOn(this.#options.id)
      throw error
    }
    const measurement = { readings: readings.map((reading) => this.#name(reading)), atMs: Date.now() }
    this.#last = measurement
    return measurement
  }

  /** What a line tells is named for the capability. */
  #name(reading: Reading): Reading {
    if (typeof reading.value !== 'boolean') return reading
    return { name: this.#options.capability, value: this.#level.read(reading.value) }
  }

  #reopen(): Promise<HeldSensor> {
    return this.#turns.run(async () => {
      if (!this.#isOn) throw new NotOn(this.#options.id)
      return await this.#open()
    })
  }

  async #open(): Promise<HeldSensor> {
    if (this.#held !== undefined) return this.#held
    const { id, driver, log } = this.#options
    let isLost = false
    this.#held = await driver.open({
      onEdge: (isActive) => this.#level.edge(isActive),
      onLost: (reason) => {
        isLost = true
        this.#held = undefined
        log(`${id}: lost: ${reason.message}`)
        this.#tell()
      },
    })
    if (!isLost) return this.#held
    this.#held = undefined
    throw new DeviceError('gone', `${id} was lost while it was opened`)
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener()
  }

  /** While somebody observes what does not tell of changes itself. */
  #sample(): void {
    if (this.#sampling !== undefined || this.#listeners.size === 0) return
    this.#sampling = setTimeout(() => void this.#takeSample(), this.#samplePeriodMs)
    this.#sampling.unref()
  }

  async #takeSample(): Promise<void> {
    const before = this.#last
    if (this.#isOn && this.#held?.tellsEdges === false) {
      // A failure is told to whoever asks; the observer asks at its pmax.
      const now = await this.read().catch(() => undefined)
      if (now !== undefined && !isSame(now, before)) this.#tell()
    }
    this.#sampling = undefined
    this.#sample()
  }
}

function isSame(a: Measurement, b: Measurement | undefined): boolean {
  return b !== undefined && a.readings.every(({ value }, index) => value === b.readings[index]?.value)
}
