// What samples say of a quantity and a bound: the two one-sided tests that every claim of more, less or alike is made of.
import type { Estimate } from './statistics.ts'

/** Samples below which no claim is judged: an interval from fewer says more about chance than about what was measured. */
export const fewestSamples = 3

/** A difference, a ratio or a value, with the tests of it. An interval and the tests at the same α say the same. */
export interface Contrast {
  /** With the interval of confidence 1 - 2α. `count`: samples on the smaller side. */
  estimate(alpha?: number): Estimate
  /** How likely such samples, or clearer ones, are where the truth is not above the bound. */
  pAbove(bound: number): number
  /** How likely such samples, or clearer ones, are where the truth is not below the bound. */
  pBelow(bound: number): number
}

/** Where the truth is said to lie: above, below, or between. */
export interface Limits {
  readonly above?: number | undefined
  readonly below?: number | undefined
}

/**
 * @returns `inside` is the error probability of saying that the truth lies within the limits (with both of them the two one-sided tests of
 * Schuirmann 1987: alike is shown, not assumed where no difference was found); `outside` of saying that it does not
 * @throws RangeError for limits that are none, or in the wrong order
 */
export function testLimits(
  contrast: Contrast,
  { above, below }: Limits,
): { readonly inside: number; readonly outside: number } {
  if (above !== undefined && below !== undefined) {
    if (!(above < below)) throw new RangeError(`limits must be in ascending order, got ${above} to ${below}`)
    return {
      inside: Math.max(contrast.pAbove(above), contrast.pBelow(below)),
      outside: Math.min(1, 2 * Math.min(contrast.pBelow(above), contrast.pAbove(below))),
    }
  }
  if (above !== undefined) return { inside: contrast.pAbove(above), outside: contrast.pBelow(above) }
  if (below !== undefined) return { inside: contrast.pBelow(below), outside: contrast.pAbove(below) }
  throw new RangeError('a test needs a limit')
}

/**
 * Error probabilities of several tests, each made so much larger that the chance of any false alarm among them stays what one alone would have
 * (Holm 1979). In the order given.
 */
export function adjustForMany(probabilities: readonly number[]): readonly number[] {
  const order = probabilities
    .map((_, index) => index)
    .sort((a, b) => at(probabilities, a) - at(probabilities, b))
  const adjusted = probabilities.map(() => 1)
  let largest = 0
  for (const [rank, index] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (probabilities.length - rank) * at(probabilities, index)))
    adjusted[index] = largest
  }
  return adjusted
}

/** @throws RangeError for too few samples, or one that is not finite */
export function checkSamples(...groups: readonly (readonly number[])[]): void {
  for (const values of groups) {
    if (values.length < fewestSamples)
      throw new RangeError(`${fewestSamples} samples or more are needed on each side, got ${values.length}`)
    const bad = values.find((value) => !Number.isFinite(value))
    if (bad !== undefined) throw new RangeError(`a sample is ${bad}, not a finite number`)
  }
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? Number.NaN
}
