// One actuator: off, or on and at rest until it is triggered; steady, if that was asked for.
import type { Capability } from './capability.ts'
import { DeviceError } from './device-error.ts'
import type { ActuatorDriver, HeldActuator, Reading, Tone } from './driver.ts'
import { NotOn } from './not-on.ts'
import type { Measurement } from './senml.ts'
import { Turns } from './turns.ts'

export interface ActuatorOptions {
  readonly id: string
  readonly capability: Capability
  readonly role: 'switch' | 'tone'
  readonly driver: ActuatorDriver
  readonly log: (line: string) => void
}

export interface ActuatorSetting {
  readonly tone: Tone
  /** How long it is active after each trigger. */
  readonly pulseMs: number
  /** Active until it is put off, triggered or not. */
  readonly isSteady: boolean
}

export class Actuator {
  readonly #options: ActuatorOptions
  readonly #turns = new Turns()
  readonly #listeners = new Set<() => void>()
  #setting: ActuatorSetting | undefined
  #held: HeldActuator | undefined
  #isActive = false
  #pulse: NodeJS.Timeout | undefined

  constructor(options: ActuatorOptions) {
    this.#options = options
  }

  /** Holds the device, at rest unless steady; one that is on takes the new setting. Rejects with `DeviceError`. */
  async on(setting: ActuatorSetting): Promise<void> {
    await this.#turns.run(async () => {
      const held = await this.#open()
      const isActive = setting.isSteady || (this.#isActive && this.#pulse !== undefined)
      if (isActive || this.#isActive) await this.#drive(held, { ...setting, isActive })
      if (setting.isSteady) this.#endPulse()
      this.#setting = setting
    })
    this.#tell()
  }

  /** To rest, and given back. */
  async off(): Promise<void> {
    await this.#turns.run(async () => {
      this.#setting = undefined
      await this.#release()
    })
    this.#tell()
  }

  /** For a process that is about to end. */
  abandon(): void {
    this.#held?.abandon()
  }

  /** Active for the time of a pulse from now. A device that was lost is opened again. Rejects with `NotOn` or `DeviceError`. */
  async trigger(): Promise<Measurement> {
    const state = await this.#turns.run(async () => {
      const setting = this.#setting
      if (setting === undefined) throw new NotOn(this.#options.id)
      const held = await this.#open()
      this.#endPulse()
      await this.#drive(held, { ...setting, isActive: true })
      if (!setting.isSteady) this.#pulse = setTimeout(() => void this.#rest(), setting.pulseMs)
      return this.state()
    })
    this.#tell()
    return state
  }

  /** What it does now, without making it do anything. Throws `NotOn`. */
  state(): Measurement {
    if (this.#setting === undefined) throw new NotOn(this.#options.id)
    const { capability, role } = this.#options
    const { frequencyHz, duty } = this.#setting.tone
    const readings: Reading[] = [{ name: capability, value: this.#isActive }]
    if (role === 'tone') {
      readings.push(
        { name: 'frequency', unit: 'Hz', value: frequencyHz },
        { name: 'duty', unit: '/', value: duty },
      )
    }
    return { readings, atMs: Date.now() }
  }

  /** Calls back when it becomes active, goes to rest, is put on or off, or is lost. @returns ends it */
  subscribe(listener: () => void): () => void {
    const tell = () => listener()
    this.#listeners.add(tell)
    return () => this.#listeners.delete(tell)
  }

  async #rest(): Promise<void> {
    await this.#turns.run(async () => {
      const setting = this.#setting
      // Triggered again, or put off, while this waited for its turn.
      if (this.#pulse === undefined || setting === undefined || this.#held === undefined) return
      this.#endPulse()
      await this.#drive(this.#held, { ...setting, isActive: false }).catch(() => {})
    })
    this.#tell()
  }

  /** What cannot be driven is not kept: closing it is the other way to rest. */
  async #drive(
    held: HeldActuator,
    { isActive, tone }: ActuatorSetting & { isActive: boolean },
  ): Promise<void> {
    try {
      await held.drive({ isActive, tone })
      this.#isActive = isActive
    } catch (error) {
      this.#options.log(`${this.#options.id}: ${error instanceof Error ? error.message : String(error)}`)
      await this.#release()
      throw error
    }
  }

  async #release(): Promise<void> {
    this.#endPulse()
    const held = this.#held
    this.#held = undefined
    await held?.close()
    this.#isActive = false
  }

  async #open(): Promise<HeldActuator> {
    if (this.#held !== undefined) return this.#held
    const { id, driver, log } = this.#options
    let isLost = false
    const held = await driver.open({
      onLost: (reason) => {
        isLost = true
        if (this.#held !== undefined) {
          this.#held = undefined
          this.#isActive = false
          this.#endPulse()
        }
        log(`${id}: lost: ${reason.message}`)
        this.#tell()
      },
    })
    if (isLost) throw new DeviceError('gone', `${id} was lost while it was opened`)
    this.#held = held
    this.#isActive = false
    return held
  }

  #endPulse(): void {
    clearTimeout(this.#pulse)
    this.#pulse = undefined
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}
