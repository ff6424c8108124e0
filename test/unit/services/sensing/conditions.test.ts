import { describe, expect, it } from 'vitest'
import { paced, parseConditions } from '../../../../services/sensing/conditions.ts'
import { until } from '../../../until.ts'

describe('conditions of an observation', () => {
  it.each([
    [[], { pminMs: 0, pmaxMs: undefined }],
    [['pmin=5'], { pminMs: 5000, pmaxMs: undefined }],
    [['pmax=60', 'pmin=0.5'], { pminMs: 500, pmaxMs: 60_000 }],
    [['c.pmin=1', 'c.pmax=1'], { pminMs: 1000, pmaxMs: 1000 }],
  ])('%j are read', (query, conditions) => {
    expect(parseConditions(query)).toEqual(conditions)
  })

  it.each([
    [['pmin=0'], "query 1, 'pmin=0': expected seconds above 0, 86400 at most"],
    [['pmin'], "query 1, 'pmin': expected seconds above 0, 86400 at most"],
    [['pmin=1', 'pmax=x'], "query 2, 'pmax=x': expected seconds above 0, 86400 at most"],
    [['pmax=99999'], "query 1, 'pmax=99999': expected seconds above 0, 86400 at most"],
    [['pmax=-1'], "query 1, 'pmax=-1': expected seconds above 0, 86400 at most"],
    [['pmni=1'], "query 1, 'pmni=1': did you mean pmin?"],
    [['colour=red'], "query 1, 'colour=red': there are pmin and pmax"],
    [['pmin=1', 'pmin=2'], "query 2, 'pmin=2': pmin is given twice"],
    [['pmin=10', 'pmax=5'], "query 2, 'pmax=5': pmax is below pmin"],
  ])('%j are refused', (query, reason) => {
    expect(() => parseConditions(query)).toThrow(reason)
  })
})

describe('a paced observer', () => {
  function observe(conditions: { pminMs: number; pmaxMs: number | undefined }) {
    let change: (() => void) | undefined
    const toldMs: number[] = []
    const startMs = performance.now()
    const end = paced(
      (listener) => {
        change = listener
        return () => {
          change = undefined
        }
      },
      conditions,
      () => toldMs.push(performance.now() - startMs),
    )
    return { toldMs, end, change: () => change?.(), isSubscribed: () => change !== undefined }
  }

  it('is told at once without pmin', () => {
    const { toldMs, change, end } = observe({ pminMs: 0, pmaxMs: undefined })
    change()
    change()
    expect(toldMs).toHaveLength(2)
    end()
  })

  it('is told once of many changes within pmin, at its end', async () => {
    const { toldMs, change, end } = observe({ pminMs: 60, pmaxMs: undefined })
    change()
    change()
    expect(toldMs).toEqual([])
    await until('it is told', () => toldMs.length > 0)
    expect(toldMs).toHaveLength(1)
    expect(toldMs[0]).toBeGreaterThanOrEqual(58)
    end()
  })

  it('is told at pmax though nothing changed, again and again', async () => {
    const { toldMs, end, isSubscribed } = observe({ pminMs: 0, pmaxMs: 30 })
    await until('it is told twice', () => toldMs.length === 2)
    expect(toldMs[1]).toBeGreaterThanOrEqual(58)
    end()
    expect(isSubscribed()).toBe(false)
  })
})
