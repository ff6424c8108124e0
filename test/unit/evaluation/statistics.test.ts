import { describe, expect, it } from 'vitest'
import { createRandom, randomIntegers, shuffle } from '../../../evaluation/random.ts'
import { percentile, sortSamples } from '../../../evaluation/samples.ts'
import { estimateMean, estimateMedian, estimateRatioOfMedians } from '../../../evaluation/statistics.ts'

/** Standard normal draws (Box and Muller). */
function normalDraws(count: number, random: () => number): number[] {
  return Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  )
}

/** Share of `draws` in which the interval covers `truth`. */
function coverage(
  draws: number,
  truth: number,
  estimate: (random: () => number) => { low: number; high: number },
) {
  const random = createRandom(20170401)
  let covered = 0
  for (let draw = 0; draw < draws; draw++) {
    const { low, high } = estimate(random)
    if (low <= truth && truth <= high) covered++
  }
  return covered / draws
}

describe('percentiles', () => {
  it('interpolates as R and NumPy do', () => {
    const samples = sortSamples([15, 20, 35, 40, 50])
    expect(percentile(samples, 0.4)).toBeCloseTo(29, 12)
    expect(percentile(samples, 0)).toBe(15)
    expect(percentile(samples, 1)).toBe(50)
  })

  it('refuses no samples, NaN, and percentages', () => {
    expect(() => sortSamples([])).toThrow(/no samples/)
    expect(() => sortSamples([1, Number.NaN])).toThrow(/sample 1 is NaN/)
    expect(() => percentile(sortSamples([1]), 95)).toThrow(/0\.\.1/)
  })
})

describe('the interval of the mean', () => {
  it('is Student’s: t(0.975, 9) = 2.262157 for ten samples', () => {
    const { value, low, high } = estimateMean([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(value).toBe(5.5)
    expect((high - low) / 2).toBeCloseTo(2.262157 * Math.sqrt(9.1666667 / 10), 5)
  })

  it('covers the true mean in 93 to 97 % of 10,000 draws of ten', () => {
    const share = coverage(10_000, 0, (random) => estimateMean(normalDraws(10, random)))
    expect(share).toBeGreaterThan(0.93)
    expect(share).toBeLessThan(0.97)
  })

  it('refuses a single sample', () => {
    expect(() => estimateMean([1])).toThrow(/2 samples or more/)
  })
})

describe('the interval of the median', () => {
  it('covers the true median in 93 to 97 % of 10,000 draws of a skewed distribution, and at least as often as it says', () => {
    const share = coverage(10_000, Math.LN2, (random) =>
      estimateMedian(sortSamples(Array.from({ length: 15 }, () => -Math.log(1 - random())))),
    )
    expect(share).toBeGreaterThanOrEqual(0.95)
    expect(share).toBeLessThan(0.97)
  })

  it('refuses five samples: their whole range covers the median in 94 % only', () => {
    expect(() => estimateMedian(sortSamples([1, 2, 3, 4, 5]))).toThrow(/more than 5 samples/)
    expect(estimateMedian(sortSamples([1, 2, 3, 4, 5, 6]))).toMatchObject({ low: 1, high: 6 })
  })
})

describe('the ratio of medians', () => {
  // Each interval redraws all samples 200 times, which is slow: so 1,000 draws, whose share is known to within 2 %.
  it('covers the true ratio in 93 to 97 % of draws', () => {
    const share = coverage(1000, 2, (random) => {
      const reference = sortSamples(normalDraws(25, random).map((value) => 10 + value))
      const measured = sortSamples(normalDraws(25, random).map((value) => 20 + 2 * value))
      return estimateRatioOfMedians(measured, reference, { draws: 200 })
    })
    expect(share).toBeGreaterThan(0.93)
    expect(share).toBeLessThan(0.97)
  })
})

describe('seeded randomness', () => {
  it('repeats itself for a seed and differs for another', () => {
    const draw = (seed: number) => randomIntegers(50, 10_000, createRandom(seed))
    expect(draw(7)).toEqual(draw(7))
    expect(draw(7)).not.toEqual(draw(8))
    expect(Math.max(...draw(7))).toBeLessThan(10_000)
  })

  it('shuffles without losing or adding', () => {
    const items = Array.from({ length: 40 }, (_, index) => index)
    const shuffled = shuffle(items, createRandom(3))
    expect(shuffled).not.toEqual(items)
    expect([...shuffled].sort((a, b) => a - b)).toEqual(items)
  })
})
