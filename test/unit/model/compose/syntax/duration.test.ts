import { assert, constantFrom, integer, property, tuple, uniqueArray } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDuration } from '../../../../../src/model/compose/syntax/duration.ts'

describe('durations', () => {
  it.each([
    ['2.5s', 2500],
    ['10s', 10_000],
    ['1m30s', 90_000],
    ['2h32m', 9_120_000],
    ['5h34m56s', 20_096_000],
    ['500ms', 500],
    ['1500us', 1.5],
    ['0s', 0],
  ])('reads %s', (text, expectedMs) => {
    expect(parseDuration(text)).toBe(expectedMs)
  })

  it.each(['', '10', 's', '1d', '-1s', '1 s', '1s ', '1m30', 'one', '1e3s', '+1s', `${'9'.repeat(400)}h`])(
    'refuses %j',
    (text) => {
      expect(parseDuration(text)).toBeUndefined()
    },
  )

  it('adds up its parts, in any order', () => {
    const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
    const part = tuple(integer({ min: 0, max: 9999 }), constantFrom('ms', 's', 'm', 'h'))
    assert(
      property(uniqueArray(part, { minLength: 1, selector: ([, unit]) => unit }), (parts) => {
        const text = parts.map(([amount, unit]) => `${amount}${unit}`).join('')
        const total = parts.reduce((sum, [amount, unit]) => sum + amount * unitMs[unit], 0)
        expect(parseDuration(text)).toBe(total)
      }),
    )
  })
})
