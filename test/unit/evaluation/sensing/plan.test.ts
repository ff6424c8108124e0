import { describe, expect, it } from 'vitest'
import {
  countGets,
  expectedMs,
  leftMs,
  paperCapabilities,
  sensingModes,
} from '../../../../evaluation/sensing/plan.ts'
import { renderLength } from '../../../../evaluation/sensing/sensing-progress.ts'

const plan = {
  modes: sensingModes,
  capabilities: paperCapabilities,
  forMs: 120_000,
  everyMs: 5000,
  deadlineMs: 10_000,
}

describe('the plan of the sensing measurement', () => {
  it('asks 24 times in the paper’s 120 s', () => {
    expect(countGets(plan)).toBe(24)
    expect(countGets({ forMs: 6000, everyMs: 4000 })).toBe(2)
  })

  it('takes at least the time that is measured, for each mode and capability', () => {
    const least = 14 * plan.forMs
    expect(expectedMs(plan)).toBeGreaterThan(least)
    expect(expectedMs(plan)).toBeLessThan(least * 1.2)
  })

  it('says what is left from what the capabilities have taken', () => {
    const inPair = new Array(7).fill(130_000)
    expect(leftMs(plan, [...inPair, 125_000, 135_000], 30_000)).toBe(5 * 130_000 - 30_000)
    // Pair mode comes first; the cluster is still to be made.
    expect(leftMs(plan, [130_000], 0)).toBeGreaterThan(13 * 130_000)
    expect(leftMs(plan, new Array(14).fill(130_000), 0)).toBe(0)
    // One that takes longer than the others leaves the rest as it is.
    expect(leftMs(plan, new Array(13).fill(130_000), 200_000)).toBe(0)
    expect(leftMs(plan, [], 0)).toBeGreaterThan(14 * plan.forMs)
  })

  it('says lengths as people do', () => {
    expect([500, 59_000, 60_000, 860_000].map(renderLength)).toEqual([
      '1 s',
      '59 s',
      '1 min 0 s',
      '14 min 20 s',
    ])
  })
})
