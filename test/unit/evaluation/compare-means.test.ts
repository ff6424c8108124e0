import { describe, expect, it } from 'vitest'
import { compareMeans, testEquivalence, testGreater } from '../../../evaluation/compare-means.ts'
import { createRandom, type Random } from '../../../evaluation/random.ts'
import { estimateMean } from '../../../evaluation/statistics.ts'

/** Box and Muller. */
function normal(random: Random, mean: number, deviation: number): number {
  return mean + deviation * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

const drawn = (count: number, draw: () => number): number[] => Array.from({ length: count }, draw)
const draws = 10_000

describe('intervals', () => {
  it('of a mean cover it in 93 to 97 % of 10,000 draws', () => {
    const random = createRandom(1)
    let covered = 0
    for (let draw = 0; draw < draws; draw += 1) {
      const { low, high } = estimateMean(drawn(10, () => normal(random, 5, 2)))
      if (low <= 5 && 5 <= high) covered += 1
    }
    expect(covered / draws).toBeGreaterThan(0.93)
    expect(covered / draws).toBeLessThan(0.97)
  })

  it('of a difference cover it too, where spread and number differ', () => {
    const random = createRandom(2)
    let covered = 0
    for (let draw = 0; draw < draws; draw += 1) {
      const { difference } = compareMeans(
        drawn(10, () => normal(random, 5, 1)),
        drawn(6, () => normal(random, 3, 4)),
      )
      if (difference.low <= 2 && 2 <= difference.high) covered += 1
    }
    expect(covered / draws).toBeGreaterThan(0.93)
    expect(covered / draws).toBeLessThan(0.97)
  })
})

describe('two one-sided tests', () => {
  it('call alike what differs by the whole margin in 5 % of draws at the most', () => {
    const random = createRandom(3)
    let alike = 0
    for (let draw = 0; draw < draws; draw += 1) {
      const one = drawn(10, () => normal(random, 1, 0.5))
      const other = drawn(10, () => normal(random, 0, 0.5))
      if (testEquivalence(one, other, { margin: 1 }).verdict === 'alike') alike += 1
    }
    expect(alike / draws).toBeLessThan(0.06)
    expect(alike / draws).toBeGreaterThan(0.03)
  })

  it('show that the same is the same, where there is enough to see it', () => {
    const random = createRandom(4)
    const same = (count: number): number[] => drawn(count, () => normal(random, 10, 1))
    expect(testEquivalence(same(200), same(200), { margin: 0.5 }).verdict).toBe('alike')
    expect(testEquivalence(same(3), same(3), { margin: 0.5 }).verdict).toBe('undecided')
    expect(
      testEquivalence(
        same(50),
        drawn(50, () => normal(random, 14, 1)),
        { margin: 0.5 },
      ).verdict,
    ).toBe('different')
  })

  it('refuse a margin that is none, and samples that are too few', () => {
    expect(() => testEquivalence([1, 2, 3], [1, 2, 3], { margin: 0 })).toThrow(RangeError)
    expect(() => testEquivalence([1, 2], [1, 2, 3], { margin: 1 })).toThrow(RangeError)
  })
})

describe('a comparison', () => {
  it('is Welch’s', () => {
    // Checked by hand: means 3 and 6, variances 2.5 and 10, five each.
    const { difference, degreesOfFreedom } = compareMeans([1, 2, 3, 4, 5], [2, 4, 6, 8, 10])
    expect(difference.value).toBe(-3)
    expect(degreesOfFreedom).toBeCloseTo(5.882, 3)
    expect(difference.high - difference.low).toBeCloseTo(2 * 2.459 * Math.sqrt(2.5), 1)
  })

  it('of series without spread is certain', () => {
    expect(compareMeans([2, 2, 2], [1, 1, 1]).difference).toMatchObject({ value: 1, low: 1, high: 1 })
  })

  it('tells greater from not greater, and from what cannot be told', () => {
    expect(testGreater([10, 11, 12, 11], [1, 2, 3, 2]).verdict).toBe('greater')
    expect(testGreater([1, 2, 3, 2], [10, 11, 12, 11]).verdict).toBe('not greater')
    expect(testGreater([1, 9, 5], [2, 8, 4]).verdict).toBe('undecided')
    expect(testGreater([10, 11, 12, 11], [1, 2, 3, 2], { margin: 20 }).verdict).toBe('not greater')
  })
})
