// What a board is and what happens to it, as its script says: times are simulated seconds since the start.
import type { Kind, Level } from '../kinds.ts'
import type { Curve } from '../physics/curve.ts'
import type { Window } from '../physics/windows.ts'

export interface BoardScript {
  readonly name: string
  /** Of everything random: the same seed gives the same board. */
  readonly seed: number
  /** Simulated seconds a real second. */
  readonly speed: number
  /** Second of the day at which the board starts. */
  readonly startsAtS: number
  readonly devices: readonly DeviceScript[]
}

export interface DeviceScript {
  readonly name: string
  readonly kind: Kind
  readonly unplugged: readonly Window[]
  readonly fails: readonly FailureWindow[]
  readonly stuck: readonly StuckWindow[]
  readonly world: World
}

/** What the world shows to the device. */
export type World =
  | { readonly of: 'actuator' }
  | { readonly of: 'flame'; readonly flames: readonly Window[] }
  | { readonly of: 'sound'; readonly sound: SoundWorld }
  | {
      readonly of: 'sensor'
      readonly quantities: readonly Quantity[]
      readonly readMs: number
      readonly sampleS: number
    }

export interface SoundWorld {
  readonly bursts: readonly Window[]
  readonly random: { readonly perMinute: number; readonly lastsS: number } | undefined
  /** How often the comparator may change within a burst. */
  readonly changesHz: number
}

/** One thing that a sensor measures. */
export interface Quantity {
  readonly name: string
  /** SenML unit. */
  readonly unit: string
  readonly curve: Curve
  /** Standard deviation of a reading. */
  readonly noise: number
  /** Readings are multiples of it. */
  readonly resolution: number
  /** Smallest and largest reading that the sensor can give. */
  readonly min: number
  readonly max: number
}

export interface FailureWindow extends Window {
  readonly error: 'checksum' | 'timeout' | 'stuck'
  /** Of the readings in it, from above 0 to 1. */
  readonly share: number
}

export interface StuckWindow extends Window {
  /** Undefined: at what it was when it began. */
  readonly value: Level | undefined
}
