import { expect, it } from 'vitest'
import { joulesBetween } from '../../../../src/telemetry/power/energy.ts'

const readings = [
  { atMs: 0, watts: 1 },
  { atMs: 1000, watts: 3 },
  { atMs: 2000, watts: 3 },
]

it('is the area below the readings, parts of them at the ends', () => {
  expect(joulesBetween(readings, 0, 2000)).toBeCloseTo(5)
  expect(joulesBetween(readings, 500, 1500)).toBeCloseTo(1.25 + 1.5)
  expect(joulesBetween(readings, 250, 500)).toBeCloseTo(((1.5 + 2) / 2) * 0.25)
})

it('is not told of a task that nobody measured to its end', () => {
  expect(() => joulesBetween(readings, 0, 2001)).toThrow(RangeError)
  expect(() => joulesBetween(readings, -1, 5)).toThrow(RangeError)
  expect(() => joulesBetween([], 0, 1)).toThrow(RangeError)
})
