import { describe, expect, it } from 'vitest'
import { contrastMean, contrastMeans, contrastRatioOfMeans } from '../../../evaluation/compare-means.ts'
import { testLimits } from '../../../evaluation/contrast.ts'
import { covers, drawn, normal, shareOf } from './draws.ts'

/** Of 95 %. */
const tail = 0.025

function expectCoverage(share: number): void {
  expect(share).toBeGreaterThan(0.93)
  expect(share).toBeLessThan(0.97)
}

/** At 5 %, with what 10,000 draws leave to chance (three standard errors are 0.0065). */
function expectErrorRate(share: number): void {
  expect(share).toBeLessThan(0.0565)
  expect(share).toBeGreaterThan(0.03)
}

describe('95 % intervals cover the truth in 93 to 97 % of 10,000 draws', () => {
  it('of a mean', () => {
    expectCoverage(
      shareOf((random) => covers(contrastMean(drawn(10, () => normal(random, 5, 2))).estimate(tail), 5)),
    )
  })

  it('of a mean of three', () => {
    expectCoverage(
      shareOf((random) => covers(contrastMean(drawn(3, () => normal(random, 5, 2))).estimate(tail), 5)),
    )
  })

  it('of a difference, where spread and number differ', () => {
    expectCoverage(
      shareOf((random) => {
        const one = drawn(10, () => normal(random, 5, 1))
        const other = drawn(6, () => normal(random, 3, 4))
        return covers(contrastMeans(one, other).estimate(tail), 2)
      }),
    )
  })

  it('of a ratio, where spread and number differ', () => {
    expectCoverage(
      shareOf((random) => {
        const one = drawn(10, () => normal(random, 12, 1))
        const other = drawn(6, () => normal(random, 8, 1.5))
        return covers(contrastRatioOfMeans(one, other).estimate(tail), 1.5)
      }),
    )
  })
})

describe('tests at 5 % err in 5 % of 10,000 draws', () => {
  it('that call alike what differs by the whole margin', () => {
    expectErrorRate(
      shareOf((random) => {
        const one = drawn(10, () => normal(random, 1, 0.5))
        const other = drawn(10, () => normal(random, 0, 0.5))
        return testLimits(contrastMeans(one, other), { above: -1, below: 1 }).inside <= 0.05
      }),
    )
  })

  it('that call alike a ratio at the limit', () => {
    expectErrorRate(
      shareOf((random) => {
        const one = drawn(8, () => normal(random, 11, 0.3))
        const other = drawn(10, () => normal(random, 10, 0.3))
        return testLimits(contrastRatioOfMeans(one, other), { above: 0.9, below: 1.1 }).inside <= 0.05
      }),
    )
  })

  it('that call greater what is not', () => {
    expectErrorRate(
      shareOf((random) => {
        const one = drawn(5, () => normal(random, 3, 2))
        const other = drawn(12, () => normal(random, 3, 1))
        return testLimits(contrastMeans(one, other), { above: 0 }).inside <= 0.05
      }),
    )
  })

  it('that call below a bound what is at it', () => {
    expectErrorRate(
      shareOf(
        (random) =>
          testLimits(contrastMean(drawn(6, () => normal(random, 3, 2))), { below: 3 }).inside <= 0.05,
      ),
    )
  })

  it('that call outside what lies at the limit', () => {
    expect(
      shareOf((random) => {
        const one = drawn(10, () => normal(random, 1, 0.5))
        const other = drawn(10, () => normal(random, 0, 0.5))
        return testLimits(contrastMeans(one, other), { above: -1, below: 1 }).outside <= 0.05
      }),
    ).toBeLessThan(0.0565)
  })
})

describe('comparisons of means', () => {
  it('are Welch’s', () => {
    // scipy.stats.ttest_ind(equal_var=False): -6.887742 to 0.887742, one-sided p 0.0537656.
    const contrast = contrastMeans([1, 2, 3, 4, 5], [2, 4, 6, 8, 10])
    expect(contrast.estimate(tail)).toMatchObject({ value: -3, count: 5 })
    expect(contrast.estimate(tail).low).toBeCloseTo(-6.887742, 5)
    expect(contrast.estimate(tail).high).toBeCloseTo(0.887742, 5)
    expect(contrast.pBelow(0)).toBeCloseTo(0.0537656, 6)
    expect(contrast.pAbove(0)).toBeCloseTo(1 - 0.0537656, 6)
  })

  it('find a ratio’s interval where the test has its 5 %', () => {
    const contrast = contrastRatioOfMeans([11, 12, 13, 12.5], [10, 11, 9, 10.2, 10])
    const { low, high } = contrast.estimate()
    expect(contrast.pAbove(low)).toBeCloseTo(0.05, 8)
    expect(contrast.pBelow(high)).toBeCloseTo(0.05, 8)
  })

  it('of series without spread are certain', () => {
    const contrast = contrastMeans([2, 2, 2], [1, 1, 1])
    expect(contrast.estimate()).toMatchObject({ value: 1, low: 1, high: 1 })
    expect([contrast.pAbove(0), contrast.pAbove(1), contrast.pBelow(1), contrast.pBelow(2)]).toEqual([
      0, 1, 1, 0,
    ])
    expect(contrastRatioOfMeans([2, 2, 2], [1, 1, 1]).estimate().high).toBeCloseTo(2, 9)
  })

  it('refuse too few samples, what is no number, and references that may be 0', () => {
    expect(() => contrastMean([1, 2])).toThrow('3 samples or more are needed on each side, got 2')
    expect(() => contrastMeans([1, 2, 3], [1, 2])).toThrow(RangeError)
    expect(() => contrastRatioOfMeans([1, 2, 3], [])).toThrow(RangeError)
    expect(() => contrastMeans([1, 2, Number.NaN], [1, 2, 3])).toThrow('a sample is NaN')
    expect(() => contrastRatioOfMeans([1, 2, 3], [0, 0, 0])).toThrow('means above 0')
    expect(() => contrastRatioOfMeans([1, 2, 3], [9, -8, 2]).estimate()).toThrow('too near to 0')
  })
})
