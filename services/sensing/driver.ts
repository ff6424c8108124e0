// What the service asks of a driver. All drivers keep the same contract, which one test suite checks.
import type { DeviceError } from './device-error.ts'

/** One value that a sensor has measured. */
export interface Reading {
  /** `humidity`, `illuminance`; `level` is that of a digital line. */
  readonly name: string
  /** SenML's (RFC 8428 §12.1): `%RH`, `Cel`, `lx`, `V`. Undefined for what has none. */
  readonly unit?: string
  readonly value: number | boolean
}

/** What an actuator is to do: nothing, or to be active. */
export interface Output {
  readonly isActive: boolean
  /** Of what makes a tone; others are on. */
  readonly tone: Tone
}

/** A square wave. */
export interface Tone {
  readonly frequencyHz: number
  /** Part of a period that the wave is high, above 0 and below 1. */
  readonly duty: number
}

/** What a held device tells unasked. */
export interface DeviceEvents {
  /** A digital line has changed; `atMs` is since 1970. */
  readonly onEdge: (isActive: boolean, atMs: number) => void
  /** It is not held any more, though nobody has closed it. Told once; never after `close`. */
  readonly onLost: (reason: DeviceError) => void
}

/** A device that this process holds. While it does, nobody else can. */
export interface HeldDevice {
  /** Gives it back; an actuator goes to rest first. Never rejects, and may be called again. */
  close(): Promise<void>
  /** The same for a process that is about to end: does at once what can be done at once. */
  abandon(): void
}

export interface HeldSensor extends HeldDevice {
  /** Whether it tells of changes by itself. */
  readonly tellsEdges: boolean
  /** Rejects with `DeviceError`, and in bounded time. */
  read(): Promise<readonly Reading[]>
}

export interface HeldActuator extends HeldDevice {
  /** Resolves when it does so. Rejects with `DeviceError`. */
  drive(output: Output): Promise<void>
}

/**
 * Opening rejects with `DeviceError`: `busy` where somebody else holds the device, `gone` where it is not there, `unsupported` where the
 * driver cannot do it. An actuator that has been opened is at rest.
 */
export interface SensorDriver {
  open(events: DeviceEvents): Promise<HeldSensor>
}

export interface ActuatorDriver {
  open(events: Pick<DeviceEvents, 'onLost'>): Promise<HeldActuator>
}
