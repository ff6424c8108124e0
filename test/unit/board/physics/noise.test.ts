import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chance, normal, wander } from '../../../../src/board/physics/noise.ts'

const anIndex = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
const many = Array.from({ length: 20_000 }, (_, index) => index)
const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length

describe('chance of a board', () => {
  it('is the same for the same seed, name and index, and from 0 up to 1', () => {
    fc.assert(
      fc.property(anIndex, fc.string(), anIndex, (seed, name, index) => {
        const value = chance(seed, name, index)
        expect(value).toBe(chance(seed, name, index))
        expect(value).toBeGreaterThanOrEqual(0)
        expect(value).toBeLessThan(1)
      }),
    )
  })

  it('is spread evenly over an index, and neighbours do not follow each other', () => {
    const values = many.map((index) => chance(7, 'climate humidity', index))
    const tenths = Array.from({ length: 10 }, (_, tenth) =>
      values.filter((one) => Math.floor(one * 10) === tenth),
    )
    for (const tenth of tenths) expect(tenth.length / values.length).toBeCloseTo(0.1, 1)
    const products = values.slice(1).map((value, index) => (value - 0.5) * ((values[index] ?? 0) - 0.5))
    expect(Math.abs(mean(products))).toBeLessThan(0.002)
  })

  it('differs by seed, by name and by an index beyond 32 bits', () => {
    expect(chance(1, 'a', 3)).not.toBe(chance(2, 'a', 3))
    expect(chance(1, 'a', 3)).not.toBe(chance(1, 'b', 3))
    expect(chance(1, 'a', 3)).not.toBe(chance(1, 'a', 3 + 2 ** 32))
    expect(chance(1, 'a', 3)).not.toBe(chance(1 + 2 ** 32, 'a', 3))
  })

  it('gives a normal distribution of mean 0 and deviation 1', () => {
    const values = many.map((index) => normal(3, 'light', index))
    expect(Math.abs(mean(values))).toBeLessThan(0.03)
    expect(Math.sqrt(mean(values.map((one) => one ** 2)))).toBeCloseTo(1, 1)
    expect(values.filter((one) => Math.abs(one) > 1.96).length / values.length).toBeCloseTo(0.05, 1)
  })

  it('wanders within bounds, and never jumps', () => {
    const times = fc.double({ min: 0, max: 1e7, noNaN: true })
    fc.assert(
      fc.property(times, (atS) => {
        const here = wander(1, 'a', atS, 600)
        expect(Math.abs(here)).toBeLessThanOrEqual(1)
        // The steepest way, from -1 to 1 in one step, is 1.5 times 2 over its length.
        expect(Math.abs(wander(1, 'a', atS + 1, 600) - here)).toBeLessThan(3.1 / 600)
      }),
    )
  })
})
