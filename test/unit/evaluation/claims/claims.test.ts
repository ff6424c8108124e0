import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readClaims } from '../../../../evaluation/claims/claim-file.ts'

const link = ['ethernet', 'wlan', 'direct']
const mode = ['native', 'pair', 'cluster']
const operation = ['average', 'mergesort', 'bubblesort']
const role = ['manager', 'worker']
const capability = ['laser', 'active-buzzer', 'passive-buzzer', 'sound', 'light', 'flame', 'humidity']

/** What each scenario observes: measures, and the values of their factors; numbers where there are none. */
const observes: Record<string, Record<string, Record<string, readonly string[]>>> = {
  idle: { power: { link, role }, cpu: { link, role } },
  'response-time': { response_time: { link, mode, operation, size: [] } },
  computation: {
    cpu: { link, mode, operation, role },
    power: { link, mode, operation, role },
    energy: { link, mode, operation, role },
  },
  lifecycle: {
    cpu: { link, mode, role },
    cpu_peak: { link, mode, role, moment: ['activation', 'task', 'removal', 'rest'] },
  },
  activation: { activation_time: { link, mode }, phase_time: { link, mode, phase: [] } },
  sensing: {
    power: { link, mode, capability },
    cpu: { link, mode, capability },
    cpu_moment: { link, mode, capability, moment: ['get', 'between'] },
    cpu_peak: { link, mode, capability, moment: ['activation', 'get', 'removal'] },
    response_time: { link, mode, capability },
  },
  'container-scale': Object.fromEntries(
    ['activation_time', 'response_time', 'memory', 'cpu'].map((measure) => [
      measure,
      { link, containers: [] },
    ]),
  ),
  'device-scale': {
    activation_time: { link, workers: [] },
    response_time: { link, workers: [] },
    join_time: { link, workers: [] },
    cpu: { link, workers: [], role },
    memory: { link, workers: [], role },
  },
}

const claims = readClaims()
const tests = claims.flatMap(({ id, tests }) => tests.map((test) => ({ id, test })))

describe('the claims of the paper', () => {
  it.each(tests.map(({ id, test }) => [id, test.kind, test] as const))(
    '%s (%s) name what there is, and every factor of it',
    (_id, _kind, test) => {
      const factors = observes[test.scenario]?.[test.measure]
      expect(factors, `${test.measure} of ${test.scenario}`).toBeDefined()
      const named = {
        ...test.where,
        ...test.within,
        ...(test.factor === undefined ? {} : { [test.factor]: test.levels ?? 'any' }),
      }
      // One left out would be mixed into the comparison, and make the claim undecidable.
      expect(Object.keys(named).sort()).toEqual(Object.keys(factors ?? {}).sort())
      for (const [name, values] of Object.entries(named)) {
        if (values === 'any') continue
        if (typeof values === 'object' && !Array.isArray(values)) {
          expect(factors?.[name]).toEqual([])
          continue
        }
        for (const value of [values, test.factor === name ? (test.level ?? []) : []].flat(2))
          if (typeof value === 'string') expect(factors?.[name]).toContain(value)
          else expect(factors?.[name]).toEqual([])
      }
    },
  )

  it('say of every power whether a model of it has the answer in it', () => {
    const power = claims.filter((claim) => claim.tests.some(({ measure }) => measure === 'power'))
    expect(power.length).toBeGreaterThan(5)
    for (const claim of power)
      expect(claim.circularWhen.includes('modelled') || claim.notes.modelled !== undefined, claim.id).toBe(
        true,
      )
  })

  it('are each in docs/claims.md, by id, and no other', () => {
    const page = readFileSync(new URL('../../../../docs/claims.md', import.meta.url), 'utf8')
    const rows = [...page.matchAll(/^\| `([a-z0-9-]+)` \| (?:§|Table|Fig)/gm)].map(([, id]) => id)
    expect(rows).toEqual(claims.map(({ id }) => id))
  })
})
