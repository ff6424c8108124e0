import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readClaims } from '../../../../evaluation/claims/claim-file.ts'
import { judgeClaims } from '../../../../evaluation/claims/judge.ts'
import type { Observation } from '../../../../evaluation/scenarios/observation.ts'
import { aClaim, observe, observed } from './observe.ts'

describe('no observations', () => {
  const words = ['ethernet', 'wlan', 'pair', 'cluster', 'native', 'average', 'worker', 'manager', 'get']
  const value = fc.oneof(fc.double(), fc.constantFrom(0, 1, 1, 1e-300, 1e300, -1))
  const factors = fc.dictionary(
    fc.constantFrom(
      'link',
      'mode',
      'operation',
      'size',
      'role',
      'moment',
      'capability',
      'workers',
      '__proto__',
    ),
    fc.oneof(fc.constantFrom(...words), fc.constantFrom(1, 2, 1000, 2000), fc.double()),
  )
  const claims = readClaims()
  const tests = claims.flatMap((claim) => claim.tests)
  const observation: fc.Arbitrary<Observation> = fc.record({
    scenario: fc.constantFrom(...tests.map(({ scenario }) => scenario)),
    measure: fc.constantFrom(...tests.map(({ measure }) => measure)),
    unit: fc.constantFrom('ms', 'share', 'W', 'bytes', 'count'),
    origin: fc.constantFrom('measured', 'emulated', 'modelled'),
    factors,
    repetition: fc.nat(),
    value,
  })
  const simple = [
    aClaim('kind: between, factor: mode, levels: [native, pair], above: 0.9, below: 1.1'),
    aClaim(
      'kind: ascending, factor: mode, levels: [native, pair], above: 1, by: typical, within: { link: any }',
    ),
    aClaim('kind: no-more, factor: mode, levels: any, below: 1, as: difference'),
    aClaim('kind: greatest, factor: mode, level: pair, above: 0, as: difference, by: typical'),
    aClaim('kind: bounded, above: 0, below: 1'),
  ]
  const ofSimple = fc.record({
    mode: fc.constantFrom('native', 'pair', 'cluster'),
    value,
  })

  it('crash it, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.array(observation, { maxLength: 60 }),
        fc.array(ofSimple, { maxLength: 30 }),
        (some, others) => {
          const data = observed(
            some,
            ...others.map(({ mode, value }) => observe({ mode, link: 'wlan' }, [value])),
          )
          for (const judgement of judgeClaims([...claims, ...simple], data)) {
            expect(judgement.reason).not.toBe('')
            for (const { effect } of judgement.comparisons) {
              expect(Number.isFinite(effect.value)).toBe(true)
              expect(effect.low).toBeLessThanOrEqual(effect.high)
            }
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})
