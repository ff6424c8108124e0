import { expect, it } from 'vitest'
import { LoadAverage, loadPeriodMs } from '../../../src/telemetry/load-average.ts'

/** n tasks for so many periods of five seconds. */
function after(active: number, periods: number): readonly [number, number, number] {
  const load = new LoadAverage(0)
  for (let period = 1; period <= periods; period += 1) load.count(() => active, period * loadPeriodMs)
  return load.values
}

it('follows the exponential mean of 1, 5 and 15 minutes', () => {
  for (const seconds of [60, 300, 900]) {
    const values = after(3, seconds / 5)
    for (const [index, minutes] of [1, 5, 15].entries())
      expect(values[index]).toBeCloseTo(3 * (1 - Math.exp(-seconds / (minutes * 60))), 1)
  }
})

it('reaches a load that stays, and falls to nothing', () => {
  expect(after(2, 2000)[0]).toBe(2)
  const load = new LoadAverage(0)
  for (let period = 1; period <= 100; period += 1) load.count(() => 4, period * loadPeriodMs)
  for (let period = 101; period <= 400; period += 1) load.count(() => 0, period * loadPeriodMs)
  expect(load.values[0]).toBe(0)
})

it('counts every period that passed, however late it is asked', () => {
  const late = new LoadAverage(0)
  late.count(() => 1, 60_000)
  expect(late.values).toEqual(after(1, 12))
})

it('looks at the tasks once in five seconds, however often it is asked', () => {
  const load = new LoadAverage(0)
  let looks = 0
  for (let atMs = 1000; atMs <= 20_000; atMs += 1000) {
    load.count(() => {
      looks += 1
      return 1
    }, atMs)
  }
  expect(looks).toBe(4)
})
