import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  isWithin,
  nextEdge,
  type Window,
  windowAt,
  windowBegin,
} from '../../../../src/board/physics/windows.ts'

const aWindow = fc
  .record({
    fromS: fc.double({ min: 0, max: 1e6, noNaN: true }),
    lengthS: fc.double({ min: 0.001, max: 1e4, noNaN: true }),
    pauseS: fc.option(fc.double({ min: 0, max: 1e4, noNaN: true }), { nil: undefined }),
    hasEnd: fc.boolean(),
  })
  .map(({ fromS, lengthS, pauseS, hasEnd }): Window => {
    if (pauseS !== undefined) return { fromS, toS: fromS + lengthS, everyS: fromS + lengthS - fromS + pauseS }
    return { fromS, toS: hasEnd ? fromS + lengthS : Number.POSITIVE_INFINITY }
  })
const someWindows = fc.array(aWindow, { maxLength: 4 })
const aSecond = fc.double({ min: 0, max: 2e6, noNaN: true })

describe('windows of a script', () => {
  it('hold their beginning, not their end, and come again', () => {
    const window: Window = { fromS: 30, toS: 40, everyS: 60 }
    const held = [0, 29.9, 30, 39.9, 40, 89.9, 90, 99.9, 100].filter((atS) => isWithin(window, atS))
    expect(held).toEqual([30, 39.9, 90, 99.9])
    expect(windowBegin(window, 95)).toBe(90)
    expect([0, 30, 40, 90].map((atS) => nextEdge([window], atS))).toEqual([30, 40, 90, 100])
  })

  it('never end without an end, and then have no next edge', () => {
    const window: Window = { fromS: 5, toS: Number.POSITIVE_INFINITY }
    expect(isWithin(window, 1e9)).toBe(true)
    expect(nextEdge([window], 5)).toBe(Number.POSITIVE_INFINITY)
    expect(nextEdge([], 0)).toBe(Number.POSITIVE_INFINITY)
  })

  it('change nothing between a second and the next edge after it, which is always later', () => {
    fc.assert(
      fc.property(someWindows, aSecond, fc.double({ min: 0, max: 1, noNaN: true }), (windows, atS, share) => {
        const edge = nextEdge(windows, atS)
        expect(edge).toBeGreaterThan(atS)
        const between = Number.isFinite(edge) ? atS + (edge - atS) * share : atS + 1e6 * share
        if (between >= edge) return
        for (const window of windows) expect(isWithin(window, between)).toBe(isWithin(window, atS))
        expect(windowAt(windows, between)).toBe(windowAt(windows, atS))
      }),
      { numRuns: 2000 },
    )
  })

  it('walk through every turn without standing still, also where the period is no round number', () => {
    const window: Window = { fromS: 0.1, toS: 0.1 + 0.1, everyS: 0.3 }
    let atS = 0
    for (let count = 0; count < 2000; count++) atS = nextEdge([window], atS)
    expect(atS).toBeCloseTo(0.1 + 0.3 * 999 + 0.1, 6)
  })
})
