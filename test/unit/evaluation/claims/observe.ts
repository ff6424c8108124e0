// Observations made up from a known truth.
import type { Claim } from '../../../../evaluation/claims/claim-file.ts'
import { parseClaims } from '../../../../evaluation/claims/claim-file.ts'
import { judgeClaims } from '../../../../evaluation/claims/judge.ts'
import type { Factors, Observation, Observed } from '../../../../evaluation/scenarios/observation.ts'

export type Told = Partial<Omit<Observation, 'value' | 'factors' | 'repetition'>>

/** One a value, of a response time in the lab unless told otherwise. */
export function observe(
  factors: Factors,
  values: readonly number[],
  told: Told = {},
): readonly Observation[] {
  return values.map((value, index) => ({
    scenario: 'response-time',
    measure: 'response_time',
    unit: 'ms',
    origin: 'emulated',
    ...told,
    factors,
    repetition: index + 1,
    value,
  }))
}

export function observed(...observations: readonly (readonly Observation[])[]): Observed {
  return { observations: observations.flat(), courses: [], failures: [] }
}

/** A claim of one test, given as in the file. */
export function aClaim(test: string, more = ''): Claim {
  const text = `claims:
- id: a-claim
  section: §V.B
  statement: Something is so.
${more}
  tests:
    - { scenario: response-time, measure: response_time, why: for the test, ${test} }
`
  const [claim] = parseClaims(text, 'a test')
  if (claim === undefined) throw new Error('no claim')
  return claim
}

export function judge(claim: Claim, data: Observed) {
  const [judgement] = judgeClaims([claim], data)
  if (judgement === undefined) throw new Error('no judgement')
  return judgement
}
