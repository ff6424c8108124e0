import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DayCurve, secondOfDay, valueAt } from '../../../../src/board/physics/curve.ts'

const hour = 3600
const aDay: DayCurve = {
  shape: 'day',
  startsAtS: 5 * hour,
  sunriseS: 6 * hour,
  sunsetS: 20 * hour,
  noon: 20_000,
  night: 2,
  clouds: 0,
}
const at = (curve: Parameters<typeof valueAt>[0], atS: number): number => valueAt(curve, 1, 'light', atS)

describe('light over a day', () => {
  it('is night until sunrise, brightest in the middle, night again after sunset', () => {
    expect([0, hour, 8 * hour, 15 * hour, 18 * hour].map((atS) => at(aDay, atS))).toEqual([
      2, 2, 20_000, 2, 2,
    ])
    expect(at(aDay, 2 * hour)).toBeGreaterThan(2)
    expect(at(aDay, 2 * hour)).toBeLessThan(at(aDay, 4 * hour))
  })

  it('is the same a day later without clouds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 86_400 }), (atS) => {
        expect(at(aDay, atS + 86_400)).toBeCloseTo(at(aDay, atS), 6)
      }),
    )
  })

  it('loses at most the share that clouds take, and never falls below the night', () => {
    const cloudy = { ...aDay, clouds: 0.8 }
    fc.assert(
      fc.property(fc.double({ min: 0, max: 5 * 86_400, noNaN: true }), (atS) => {
        const [clear, real] = [at(aDay, atS), at(cloudy, atS)]
        expect(real).toBeLessThanOrEqual(clear + 1e-9)
        expect(real - 2).toBeGreaterThanOrEqual((clear - 2) * 0.2 - 1e-6)
      }),
    )
  })

  it('begins at the time of day that the script says', () => {
    expect(secondOfDay(23 * hour, 2 * hour)).toBe(hour)
  })
})

describe('a quantity between points', () => {
  const points = [
    { atS: 10, value: 100 },
    { atS: 20, value: 200 },
    { atS: 21, value: 0 },
  ]

  it('goes straight from one to the next, and stays before the first and after the last', () => {
    const values = [0, 10, 15, 20, 20.5, 21, 1000].map((atS) => at({ shape: 'points', points }, atS))
    expect(values).toEqual([100, 100, 150, 200, 100, 0, 0])
  })
})

describe('a quantity that drifts', () => {
  it('goes up by its drift an hour, and strays no further than it may', () => {
    const drifting = { shape: 'steady', value: 40, driftPerHour: 3, wander: 0, wanderOverS: 600 } as const
    expect([0, hour, 2 * hour].map((atS) => at(drifting, atS))).toEqual([40, 43, 46])
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (atS) => {
        const strayed = at({ ...drifting, wander: 4 }, atS) - at(drifting, atS)
        expect(Math.abs(strayed)).toBeLessThanOrEqual(4 + 1e-9)
      }),
    )
  })
})
