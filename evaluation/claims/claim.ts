// A claim of the paper as a hypothesis, and what the data of a run say of it.
import type { Origin } from '../scenarios/observation.ts'
import type { Estimate } from '../statistics.ts'

export const verdicts = ['holds', 'does not hold', 'not decidable'] as const

export type Verdict = (typeof verdicts)[number]

/** One comparison of a claim: two groups of observations, or one group with a bound. */
export interface Comparison {
  /** What was compared where: `mergesort, 1000 integers, wlan`. */
  readonly name: string
  /** Ratio, difference or value with the interval that the test used. */
  readonly effect: Estimate
  readonly effectUnit: string
  readonly verdict: Verdict
}

export interface Judgement {
  readonly id: string
  /** `§V.B, Fig. 5`. */
  readonly paper: string
  /** In our own words. */
  readonly statement: string
  /** The test and the effect that counts, in words. */
  readonly test: string
  readonly verdict: Verdict
  /** What decided it, or what differs here, or what is missing. */
  readonly reason: string
  readonly comparisons: readonly Comparison[]
  readonly origins: readonly Origin[]
}
