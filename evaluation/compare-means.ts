// Whether two means differ, and whether they are alike: the first is not the second turned round.
import jstat from 'jstat'
import type { Estimate } from './statistics.ts'

/** Samples below which no claim is judged: an interval from fewer says more about chance than about what was measured. */
export const fewestSamples = 3

export interface MeanComparison {
  /** `one - other`, with the interval of the confidence asked for. */
  readonly difference: Estimate
  readonly degreesOfFreedom: number
}

/**
 * The difference of two means whose variances need not be equal (Welch 1947).
 * @throws RangeError for fewer than `fewestSamples` on a side
 */
export function compareMeans(
  one: readonly number[],
  other: readonly number[],
  confidence = 0.95,
): MeanComparison {
  const [a, b] = [momentsOf(one), momentsOf(other)]
  const spread = a.variance / a.count + b.variance / b.count
  const value = a.mean - b.mean
  const count = a.count + b.count
  // Two series without any spread differ for certain, or not at all.
  if (spread === 0)
    return { difference: { value, low: value, high: value, count }, degreesOfFreedom: count - 2 }
  const degreesOfFreedom =
    spread ** 2 / ((a.variance / a.count) ** 2 / (a.count - 1) + (b.variance / b.count) ** 2 / (b.count - 1))
  const half = jstat.studentt.inv(0.5 + confidence / 2, degreesOfFreedom) * Math.sqrt(spread)
  return { difference: { value, low: value - half, high: value + half, count }, degreesOfFreedom }
}

export interface Equivalence {
  /** With the interval that decides: of confidence 1 - 2α. */
  readonly difference: Estimate
  /** In the unit of the samples: differences below it do not matter. */
  readonly margin: number
  /** `alike`: the whole interval lies within the margin; `different`: wholly outside of it; else these samples cannot tell. */
  readonly verdict: 'alike' | 'different' | 'undecided'
}

/**
 * Two one-sided tests (Schuirmann 1987): alike is shown, not assumed where no difference was found.
 * @param margin more than 0
 * @throws RangeError for a margin that is none, or too few samples
 */
export function testEquivalence(
  one: readonly number[],
  other: readonly number[],
  { margin, alpha = 0.05 }: { readonly margin: number; readonly alpha?: number },
): Equivalence {
  if (!(margin > 0)) throw new RangeError(`equivalence needs a margin above 0, got ${margin}`)
  const { difference } = compareMeans(one, other, 1 - 2 * alpha)
  const isWithin = difference.low > -margin && difference.high < margin
  const isOutside = difference.low > margin || difference.high < -margin
  return { difference, margin, verdict: isWithin ? 'alike' : isOutside ? 'different' : 'undecided' }
}

/**
 * Whether one mean is greater than another by more than `margin`.
 * @returns undecided where the interval of the difference holds the margin
 */
export function testGreater(
  one: readonly number[],
  other: readonly number[],
  { margin = 0, alpha = 0.05 }: { readonly margin?: number; readonly alpha?: number } = {},
): { readonly difference: Estimate; readonly verdict: 'greater' | 'not greater' | 'undecided' } {
  const { difference } = compareMeans(one, other, 1 - 2 * alpha)
  const verdict = difference.low > margin ? 'greater' : difference.high < margin ? 'not greater' : 'undecided'
  return { difference, verdict }
}

function momentsOf(values: readonly number[]): {
  readonly count: number
  readonly mean: number
  readonly variance: number
} {
  const count = values.length
  if (count < fewestSamples)
    throw new RangeError(`a comparison needs ${fewestSamples} samples or more on each side, got ${count}`)
  const mean = values.reduce((sum, value) => sum + value, 0) / count
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1)
  return { count, mean, variance }
}
