import { describe, expect, it } from 'vitest'
import {
  formatCount,
  formatDuration,
  formatInterval,
  formatNumber,
  roundForFile,
} from '../../../../evaluation/report/number-text.ts'

describe('numbers in a report', () => {
  it.each([
    [0, '0'],
    [0.0123456, '0.0123'],
    [-4.567, '−4.57'],
    [99.97, '100.0'],
    [1234.5, '1,235'],
    [1234567, '1,234,567'],
    [0.00001, '1.00e-5'],
    [Number.NaN, '–'],
  ])('prints %d as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text)
  })

  it('says of an interval with an open end which one is open', () => {
    expect(formatInterval({ low: 1, high: 2 })).toBe('1.00 to 2.00')
    expect(formatInterval({ low: 1, high: Number.POSITIVE_INFINITY })).toBe('at least 1.00')
    expect(formatInterval({ low: Number.NEGATIVE_INFINITY, high: 2 })).toBe('at most 2.00')
  })

  it('keeps whole numbers whole, and six digits of the others', () => {
    expect(roundForFile(20170401)).toBe(20170401)
    expect(roundForFile(0.123456789)).toBe(0.123457)
  })

  it('counts in words', () => {
    expect(formatCount([1, 1], 'value')).toBe('1 value')
    expect(formatCount([8, 10], 'value')).toBe('8 to 10 values')
    expect(formatCount([], 'value')).toBe('0 values')
  })

  it('prints a time in two units', () => {
    expect(formatDuration(59_400)).toBe('59 s')
    expect(formatDuration(125_000)).toBe('2 min 5 s')
    expect(formatDuration(7_500_000)).toBe('2 h 5 min')
  })
})
