// Means: one against a bound, the difference of two, the ratio of two. For quantities that are means themselves, such as CPU over an interval.
import jstat from 'jstat'
import { type Contrast, checkSamples } from './contrast.ts'

interface Moments {
  readonly count: number
  readonly mean: number
  /** Of the mean. */
  readonly variance: number
}

/** A mean, by Student's t. @throws RangeError for fewer than `fewestSamples` */
export function contrastMean(values: readonly number[]): Contrast {
  checkSamples(values)
  const { count, mean, variance } = momentsOf(values)
  return studentContrast(mean, variance, count - 1, count)
}

/**
 * The difference `one - other` of two means whose variances need not be equal (Welch 1947).
 * @throws RangeError for fewer than `fewestSamples` on a side
 */
export function contrastMeans(one: readonly number[], other: readonly number[]): Contrast {
  checkSamples(one, other)
  const [a, b] = [momentsOf(one), momentsOf(other)]
  return studentContrast(
    a.mean - b.mean,
    a.variance + b.variance,
    degreesOfFreedom(a, b),
    Math.min(a.count, b.count),
  )
}

/**
 * The ratio `one / other` of two means: it is above r where `one - r * other` is above 0, which Welch's test decides; the interval is every
 * ratio that the test does not refuse (Fieller 1954).
 * @throws RangeError for too few samples, means that are not above 0, or a reference so near to 0 that no ratio is too large
 */
export function contrastRatioOfMeans(one: readonly number[], other: readonly number[]): Contrast {
  checkSamples(one, other)
  const [a, b] = [momentsOf(one), momentsOf(other)]
  if (!(a.mean > 0 && b.mean > 0))
    throw new RangeError(`a ratio needs means above 0, got ${a.mean} and ${b.mean}`)
  const value = a.mean / b.mean
  const at = (ratio: number): Contrast => {
    const scaled = { ...b, mean: ratio * b.mean, variance: ratio ** 2 * b.variance }
    return studentContrast(a.mean - scaled.mean, a.variance + scaled.variance, degreesOfFreedom(a, scaled), 0)
  }
  const pAbove = (ratio: number): number => at(ratio).pAbove(0)
  const pBelow = (ratio: number): number => at(ratio).pBelow(0)
  return {
    pAbove,
    pBelow,
    estimate: (alpha = 0.05) => ({
      value,
      low: pAbove(0) > alpha ? 0 : bisect((ratio) => pAbove(ratio) > alpha, 0, value),
      high: bisect(
        (ratio) => pBelow(ratio) <= alpha,
        value,
        farthest(value, (ratio) => pBelow(ratio) <= alpha),
      ),
      count: Math.min(a.count, b.count),
    }),
  }
}

function studentContrast(value: number, variance: number, freedom: number, count: number): Contrast {
  // Samples without any spread tell for certain.
  const tail = (distance: number): number => {
    if (variance === 0) return distance > 0 ? 0 : 1
    return jstat.studentt.cdf(-distance / Math.sqrt(variance), freedom)
  }
  return {
    pAbove: (bound) => tail(value - bound),
    pBelow: (bound) => tail(bound - value),
    estimate: (alpha = 0.05) => {
      const half = variance === 0 ? 0 : jstat.studentt.inv(1 - alpha, freedom) * Math.sqrt(variance)
      return { value, low: value - half, high: value + half, count }
    },
  }
}

function degreesOfFreedom(a: Moments, b: Moments): number {
  const spread = a.variance + b.variance
  if (spread === 0) return a.count + b.count - 2
  // In shares, so that the squares of very small variances do not vanish.
  return 1 / ((a.variance / spread) ** 2 / (a.count - 1) + (b.variance / spread) ** 2 / (b.count - 1))
}

function momentsOf(values: readonly number[]): Moments {
  const count = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / count
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1) / count
  return { count, mean, variance }
}

/** Twice as far, until it is far enough. */
function farthest(from: number, isFar: (ratio: number) => boolean): number {
  let ratio = from
  for (let doubling = 0; doubling < 40; doubling += 1) {
    ratio *= 2
    if (isFar(ratio)) return ratio
  }
  throw new RangeError('the reference is too near to 0 for a ratio')
}

/** Where `isHigh` turns true between the two, to twelve digits. */
function bisect(isHigh: (ratio: number) => boolean, from: number, to: number): number {
  let [low, high] = [from, to]
  for (let step = 0; step < 60 && high - low > 1e-12 * high; step += 1) {
    const middle = (low + high) / 2
    if (isHigh(middle)) high = middle
    else low = middle
  }
  return (low + high) / 2
}
