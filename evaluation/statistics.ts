// From raw samples to what a report quotes: means, medians and ratios, each with its interval.
import jstat from 'jstat'
import { createRandom } from './random.ts'
import { median, type SortedSamples, sortSamples } from './samples.ts'

/** A quantity and the interval that covers its true value with the stated confidence. */
export interface Estimate {
  readonly value: number
  readonly low: number
  readonly high: number
  /** How many samples stand behind it. */
  readonly count: number
}

/** Mean and its interval by Student's t, as the paper's figures show them (§V.B: 10 runs, 95 %). Needs two samples or more. */
export function estimateMean(values: readonly number[], confidence = 0.95): Estimate {
  const count = values.length
  if (count < 2) throw new RangeError(`an interval of the mean needs 2 samples or more, got ${count}`)
  const mean = values.reduce((sum, value) => sum + value, 0) / count
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1)
  const half = jstat.studentt.inv(0.5 + confidence / 2, count - 1) * Math.sqrt(variance / count)
  return { value: mean, low: mean - half, high: mean + half, count }
}

/**
 * Median and its interval by order statistics: makes no assumption about the distribution (Conover 1999, §3.2).
 * Needs 6 samples or more at 95 %: with fewer, even the whole range covers the median too seldom.
 */
export function estimateMedian(samples: SortedSamples, confidence = 0.95): Estimate {
  const count = samples.length
  let rank = 0
  while (rank < count / 2 && 2 * jstat.binomial.cdf(rank, count, 0.5) <= 1 - confidence) rank++
  const low = samples[rank - 1]
  const high = samples[count - rank]
  if (low === undefined || high === undefined) {
    throw new RangeError(`an interval of the median at ${confidence} needs more than ${count} samples`)
  }
  return { value: median(samples), low, high, count }
}

/**
 * The ratio of two medians, `measured / reference`, with a percentile bootstrap interval (Efron 1979).
 * `seed` makes the interval repeatable.
 */
export function estimateRatioOfMedians(
  measured: SortedSamples,
  reference: SortedSamples,
  { seed = 1, draws = 2000, confidence = 0.95 }: { seed?: number; draws?: number; confidence?: number } = {},
): Estimate {
  const count = Math.min(measured.length, reference.length)
  if (count < 6)
    throw new RangeError(`an interval of a ratio needs 6 samples or more on both sides, got ${count}`)
  const random = createRandom(seed)
  const redraw = (samples: SortedSamples) => {
    const drawn = samples.map(() => samples[Math.floor(random() * samples.length)] ?? Number.NaN)
    return median(sortSamples(drawn))
  }
  const ratios = Array.from({ length: draws }, () => redraw(measured) / redraw(reference)).sort(
    (a, b) => a - b,
  )
  const tail = (1 - confidence) / 2
  const at = (share: number) => ratios[Math.round(share * (draws - 1))] ?? Number.NaN
  return { value: median(measured) / median(reference), low: at(tail), high: at(1 - tail), count }
}
