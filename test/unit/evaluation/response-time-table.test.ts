import { describe, expect, it } from 'vitest'
import { computationInput, isRightAnswer } from '../../../evaluation/computation.ts'
import { renderMean, tabulateResponseTimes } from '../../../evaluation/response-time-table.ts'

describe('the table of response times', () => {
  const cell = { mode: 'native', operation: 'average', size: 1000 } as const

  it('has a row an operation and size, with the mean, its interval and the failures of each mode', () => {
    const rows = tabulateResponseTimes([
      { ...cell, repetition: 0, responseTimeMs: 1 },
      { ...cell, repetition: 1, responseTimeMs: 3 },
      { ...cell, repetition: 2, failure: 'timed out' },
      { ...cell, mode: 'container', repetition: 0, responseTimeMs: 2 },
    ])
    expect(rows.map(({ operation }) => operation)).toEqual(['average', 'mergesort', 'bubblesort'])
    const modes = rows[0]?.modes
    expect(modes?.native?.mean?.value).toBe(2)
    expect(modes?.native?.failures).toBe(1)
    expect(renderMean(modes?.native?.mean)).toMatch(/^2\.00 ± 12\.71$/)
    expect(modes?.container?.medianMs).toBe(2)
    expect(renderMean(modes?.container?.mean)).toBe('–')
  })
})

describe('the computation tasks', () => {
  it('give every mode the same input, and another for another size or seed', () => {
    expect(computationInput(1000, 7)).toEqual(computationInput(1000, 7))
    expect(computationInput(1000, 7).slice(0, 9)).not.toEqual(computationInput(2000, 7).slice(0, 9))
    expect(computationInput(1000, 7)).not.toEqual(computationInput(1000, 8))
  })

  it('know a right answer from a wrong one', () => {
    expect(isRightAnswer('average', [1, 2, 6], 3)).toBe(true)
    expect(isRightAnswer('average', [1, 2, 6], 3.1)).toBe(false)
    expect(isRightAnswer('mergesort', [10, 9, 1], [1, 9, 10])).toBe(true)
    expect(isRightAnswer('bubblesort', [10, 9, 1], [1, 10, 9])).toBe(false)
    expect(isRightAnswer('bubblesort', [10, 9, 1], 'sorted')).toBe(false)
  })
})
