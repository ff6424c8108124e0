import { describe, expect, it } from 'vitest'
import { contrastMean } from '../../../evaluation/compare-means.ts'
import { adjustForMany, testLimits } from '../../../evaluation/contrast.ts'
import { drawn, normal, shareOf } from './draws.ts'

describe('a test against limits', () => {
  it('tells inside, outside, and what cannot be told', () => {
    const near = contrastMean([9.9, 10, 10.1, 10])
    expect(testLimits(near, { above: 9, below: 11 }).inside).toBeLessThan(0.001)
    expect(testLimits(near, { above: 11, below: 12 }).outside).toBeLessThan(0.002)
    const wide = contrastMean([2, 10, 18])
    expect(testLimits(wide, { above: 9, below: 11 }).inside).toBeGreaterThan(0.05)
    expect(testLimits(wide, { above: 9, below: 11 }).outside).toBe(1)
  })

  it('refuses limits that are none', () => {
    expect(() => testLimits(contrastMean([1, 2, 3]), {})).toThrow('needs a limit')
    expect(() => testLimits(contrastMean([1, 2, 3]), { above: 2, below: 2 })).toThrow('ascending')
  })
})

describe('many tests', () => {
  it('are adjusted as Holm says', () => {
    // R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")
    const adjusted = adjustForMany([0.01, 0.04, 0.03, 0.005])
    expect(adjusted.map((p) => Number(p.toFixed(6)))).toEqual([0.03, 0.06, 0.06, 0.02])
    expect(adjustForMany([0.9, 0.8])).toEqual([1, 1])
    expect(adjustForMany([])).toEqual([])
  })

  it('give a false alarm in 5 % of 10,000 draws of twelve', () => {
    const share = shareOf((random) => {
      const outside = drawn(12, () => 0).map(
        () => testLimits(contrastMean(drawn(5, () => normal(random, 1, 1))), { above: 1 }).outside,
      )
      return adjustForMany(outside).some((p) => p <= 0.05)
    })
    expect(share).toBeLessThan(0.0565)
    expect(share).toBeGreaterThan(0.03)
  })
})
