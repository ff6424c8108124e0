// What raw records come down to: numbers with their factors, and courses over time. Everything that is quoted is computed of these alone.

/**
 * `measured`: on real hosts. `emulated`: measured, on hosts of a lab. `modelled`: reckoned from something measured, wherever.
 * What mixes them is called by the last of these that is in it.
 */
export const origins = ['measured', 'emulated', 'modelled'] as const

export type Origin = (typeof origins)[number]

/** mode, link, operation, size, role, capability, phase, containers, workers … */
export type Factors = Readonly<Record<string, string | number>>

/** One independent observation: of one request, one activation, or one interval (never of single samples at 1 Hz, which hang together). */
export interface Observation {
  readonly scenario: string
  /** `response_time`, `activation_time`, `cpu`, `power`, `energy`, `load`, `memory` … */
  readonly measure: string
  readonly unit: 'ms' | 's' | 'share' | 'W' | 'J' | 'bytes' | 'tasks' | 'count'
  readonly origin: Origin
  readonly factors: Factors
  readonly repetition: number
  readonly value: number
}

/** The course of one quantity over one cell. */
export interface Course {
  readonly scenario: string
  readonly measure: string
  readonly unit: Observation['unit']
  readonly origin: Origin
  readonly factors: Factors
  readonly repetition: number
  /** Seconds since the start of the cell, value. */
  readonly points: readonly (readonly [seconds: number, value: number])[]
  readonly marks: readonly { readonly seconds: number; readonly name: string }[]
}

export interface Observed {
  readonly observations: readonly Observation[]
  readonly courses: readonly Course[]
  /** Failed requests and the like: counted, never left out silently. */
  readonly failures: readonly {
    readonly scenario: string
    readonly factors: Factors
    readonly reason: string
  }[]
}
