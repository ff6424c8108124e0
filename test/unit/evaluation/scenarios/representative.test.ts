import { describe, expect, it } from 'vitest'
import type { Course } from '../../../../evaluation/scenarios/observation.ts'
import { representative } from '../../../../evaluation/scenarios/representative.ts'

function aCourse(repetition: number, ...shares: readonly number[]): Course {
  return {
    scenario: 'lifecycle',
    measure: 'cpu',
    unit: 'share',
    origin: 'emulated',
    factors: { link: 'wlan', mode: 'pair' },
    repetition,
    points: shares.map((share, index) => [index, share]),
    marks: [],
  }
}

describe('the course that stands for several', () => {
  it('is the one whose mean is the median, also where two runs have a repetition of the same number', () => {
    const middle = aCourse(1, 0.2, 0.4)
    const courses = [aCourse(1, 0.9, 0.9), aCourse(2, 0.1, 0.1), middle]
    expect(representative(courses, { link: 'wlan' })).toBe(middle)
    expect(representative(courses.toReversed(), { link: 'wlan' })).toBe(middle)
  })

  it('has the factors that were asked for, is of CPU, and is not empty', () => {
    const power: Course = { ...aCourse(1, 3), measure: 'power' }
    expect(representative([aCourse(1, 0.1)], { link: 'ethernet' })).toBeUndefined()
    expect(representative([power, aCourse(2)], { link: 'wlan' })).toBeUndefined()
  })
})
