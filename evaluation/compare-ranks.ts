// What is typical, by ranks: for times with rare long ones among them (a lost packet sent again after 2 s), where a mean says how many were lost.
import jstat from 'jstat'
import { type Contrast, checkSamples } from './contrast.ts'
import { median, sortSamples } from './samples.ts'

/**
 * The typical difference of one of the first and one of the other: the median of all pairs (Hodges and Lehmann 1963), tested by ranks (Mann and
 * Whitney 1947). Exact whatever the distribution, where the two have the same shape; an equal pair counts against what is to be shown.
 * @throws RangeError for too few samples, or one that is not finite
 */
export function contrastTypical(one: readonly number[], other: readonly number[]): Contrast {
  checkSamples(one, other)
  const pairs = sortSamples(one.flatMap((a) => other.map((b) => a - b)))
  const tail = rankTail(one.length, other.length)
  return {
    // Ascending pairs: how many are above the bound, how many below.
    pAbove: (bound) => tail(pairs.length - firstAfter(pairs, bound)),
    pBelow: (bound) => tail(firstAt(pairs, bound)),
    estimate: (alpha = 0.05) => {
      // At the k-th pair from an end, all but k - 1 pairs are on its other side or at it.
      let rank = 0
      while (rank < pairs.length && tail(pairs.length - rank) <= alpha) rank += 1
      const [low, high] = [pairs[rank - 1], pairs[pairs.length - rank]]
      if (low === undefined || high === undefined)
        throw new RangeError(
          `an interval at ${1 - 2 * alpha} needs more samples than ${one.length} and ${other.length}`,
        )
      return { value: median(pairs), low, high, count: Math.min(one.length, other.length) }
    },
  }
}

/** The typical ratio `one / other`: as the difference, of logarithms. @throws RangeError also for a sample that is not above 0 */
export function contrastTypicalRatio(one: readonly number[], other: readonly number[]): Contrast {
  const bad = [...one, ...other].find((value) => value <= 0)
  if (bad !== undefined) throw new RangeError(`a ratio needs samples above 0, got ${bad}`)
  const logs = contrastTypical(one.map(Math.log), other.map(Math.log))
  return {
    pAbove: (bound) => logs.pAbove(Math.log(bound)),
    pBelow: (bound) => logs.pBelow(Math.log(bound)),
    estimate: (alpha) => {
      const { value, low, high, count } = logs.estimate(alpha)
      return { value: Math.exp(value), low: Math.exp(low), high: Math.exp(high), count }
    },
  }
}

/** Above so many pairs the normal distribution is as good. */
const mostExactPairs = 2500

/** @returns how likely `u` or more of all pairs are the larger where both series have the same distribution */
function rankTail(m: number, n: number): (u: number) => number {
  const pairs = m * n
  if (pairs > mostExactPairs) {
    const deviation = Math.sqrt((pairs * (m + n + 1)) / 12)
    return (u) => 1 - jstat.normal.cdf(u - 0.5, pairs / 2, deviation)
  }
  // How many orders of the samples give each u: coefficients of the Gaussian binomial, as shares.
  let shares = new Float64Array(pairs + 1)
  shares[0] = 1
  for (let i = 1; i <= m; i += 1) {
    for (let u = pairs; u >= n + i; u -= 1) shares[u] = (shares[u] ?? 0) - (shares[u - n - i] ?? 0)
    for (let u = i; u <= pairs; u += 1) shares[u] = (shares[u] ?? 0) + (shares[u - i] ?? 0)
    shares = shares.map((share) => (share * i) / (n + i))
  }
  const tails = new Float64Array(pairs + 2)
  for (let u = pairs; u >= 0; u -= 1) tails[u] = (tails[u + 1] ?? 0) + (shares[u] ?? 0)
  // Rounded, so that 1 of 20 orders is 5 % and not a hair more.
  return (u) => Number((tails[u] ?? 1).toPrecision(12))
}

/** Index of the first that is at least `bound`: so many are below it. */
function firstAt(sorted: readonly number[], bound: number): number {
  return search(sorted, (value) => value >= bound)
}

/** Index of the first that is more than `bound`. */
function firstAfter(sorted: readonly number[], bound: number): number {
  return search(sorted, (value) => value > bound)
}

function search(sorted: readonly number[], isPast: (value: number) => boolean): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (isPast(sorted[middle] ?? Number.POSITIVE_INFINITY)) high = middle
    else low = middle + 1
  }
  return low
}
