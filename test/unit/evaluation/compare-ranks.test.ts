import { describe, expect, it } from 'vitest'
import { contrastRatioOfMeans } from '../../../evaluation/compare-means.ts'
import { contrastTypical, contrastTypicalRatio } from '../../../evaluation/compare-ranks.ts'
import { testLimits } from '../../../evaluation/contrast.ts'
import { createRandom } from '../../../evaluation/random.ts'
import { covers, drawn, lossyTime, normal, shareOf } from './draws.ts'

describe('typical differences and ratios', () => {
  it('cover the truth in 93 to 97 % of 10,000 draws, with a heavy tail too', () => {
    const ratio = shareOf((random) => {
      const one = drawn(10, () => 1.2 * lossyTime(random))
      const other = drawn(10, () => lossyTime(random))
      return covers(contrastTypicalRatio(one, other).estimate(0.025), 1.2)
    })
    expect(ratio).toBeGreaterThan(0.93)
    expect(ratio).toBeLessThan(0.97)
    const difference = shareOf((random) => {
      const one = drawn(8, () => normal(random, 5, 1))
      const other = drawn(12, () => normal(random, 3, 1))
      return covers(contrastTypical(one, other).estimate(0.025), 2)
    })
    expect(difference).toBeGreaterThan(0.93)
    expect(difference).toBeLessThan(0.97)
  })

  it('call alike what lies at the limit, and more what is not, in 5 % of 10,000 draws at the most', () => {
    const alike = shareOf((random) => {
      const one = drawn(10, () => 1.1 * lossyTime(random))
      const other = drawn(10, () => lossyTime(random))
      return testLimits(contrastTypicalRatio(one, other), { above: 0.7, below: 1.1 }).inside <= 0.05
    })
    expect(alike).toBeLessThan(0.0565)
    expect(alike).toBeGreaterThan(0.03)
    const more = shareOf((random) => {
      const one = drawn(6, () => lossyTime(random))
      const other = drawn(10, () => lossyTime(random))
      return testLimits(contrastTypicalRatio(one, other), { above: 1 }).inside <= 0.05
    })
    expect(more).toBeLessThan(0.0565)
    expect(more).toBeGreaterThan(0.03)
  })

  it('see what a mean of lossy times hides', () => {
    const random = createRandom(5)
    const one = drawn(40, () => 1.3 * lossyTime(random))
    const other = drawn(40, () => lossyTime(random))
    expect(testLimits(contrastTypicalRatio(one, other), { above: 1.1 }).inside).toBeLessThan(0.05)
    expect(testLimits(contrastRatioOfMeans(one, other), { above: 1.1 }).inside).toBeGreaterThan(0.05)
  })

  it('are Mann and Whitney’s, exact for few and nearly so for many', () => {
    // scipy.stats.mannwhitneyu(method='exact'): 0.2893708 and 0.7355756.
    const few = contrastTypical(
      [1, 3, 5, 7, 9.5, 11, 2.2, 8.1, 4.4, 6.3],
      [0, 2, 4, 6, 8, 10, 3.3, 1.2, 5.7, 9],
    )
    expect(few.pAbove(0)).toBeCloseTo(0.2893708, 7)
    expect(few.pBelow(0)).toBeCloseTo(0.7355756, 7)
    const series = (count: number, from: number) =>
      drawn(count, () => 0).map((_, i) => ((i * 1.37) % 7) + from)
    // The same of 50 and 50, and of 51 and 51 without ties: 0.1059244, 0.1034239.
    expect(contrastTypical(series(50, 0.5), series(50, 0)).pAbove(0)).toBeCloseTo(0.1059244, 7)
    expect(Math.abs(contrastTypical(series(51, 0.5), series(51, 0)).pAbove(0) - 0.1034239)).toBeLessThan(
      0.001,
    )
  })

  it('decide with three on each side that do not overlap, and not with less', () => {
    const contrast = contrastTypical([4, 5, 6], [1, 2, 3])
    expect(contrast.pAbove(0)).toBe(0.05)
    expect(contrast.estimate()).toEqual({ value: 3, low: 1, high: 5, count: 3 })
    expect(contrastTypical([3, 5, 6], [1, 2, 3]).pAbove(0)).toBeGreaterThan(0.05)
  })

  it('refuse too few samples for what is asked, what is no number, and times that are not above 0', () => {
    expect(() => contrastTypical([1, 2], [1, 2, 3])).toThrow(RangeError)
    expect(() => contrastTypical([4, 5, 6], [1, 2, 3]).estimate(0.025)).toThrow('needs more samples')
    expect(() => contrastTypicalRatio([1, 2, 0], [1, 2, 3])).toThrow('above 0, got 0')
    expect(() => contrastTypicalRatio([1, 2, Number.POSITIVE_INFINITY], [1, 2, 3])).toThrow(RangeError)
  })
})
