import { describe, expect, it } from 'vitest'
import { parseClaims, readClaims } from '../../../../evaluation/claims/claim-file.ts'
import { ShoalError } from '../../../../src/model/errors.ts'

const problemsOf = (text: string): string[] => {
  try {
    parseClaims(text, 'claims.yaml')
  } catch (error) {
    if (error instanceof ShoalError && error.code === 'CLAIMS_INVALID')
      return error.reason
        .split('\n')
        .slice(1)
        .map((line) => line.trim())
    throw error
  }
  return []
}

const claim = (...tests: string[]): string => `claims:
- id: one
  section: §V.B
  statement: It is so.
  tests:
${tests.map((test) => `  - { scenario: a, measure: b, why: c, ${test} }`).join('\n')}
`

describe('a file of claims', () => {
  it('gives what is left out its default', () => {
    const [read] = parseClaims(claim('kind: bounded, below: 1'), 'x')
    expect(read).toMatchObject({ circularWhen: [], notes: {} })
    expect(read?.tests).toMatchObject([{ where: {}, within: {}, by: 'mean', as: 'ratio', words: {} }])
  })

  it('tells every problem at once, with its path and its line', () => {
    expect(
      problemsOf(`claims:
- id: One
  section: §V.B
  statment: It is so.
  circularWhen: [modeled]
  tests:
  - { scenario: a, measure: b, why: c, kind: ascendin }
`),
    ).toEqual([
      'claims[0].id: expected small letters, digits and -, a letter first, got "One" (line 2)',
      'claims[0].statement: is missing (line 2)',
      'claims[0].circularWhen[0]: expected one of measured, emulated, modelled, got "modeled"; did you mean "modelled"? (line 5)',
      'claims[0].tests[0].kind: expected one of ascending, greatest, between, no-more, bounded, got "ascendin"; did you mean "ascending"? (line 7)',
      'claims[0].statment: unknown key "statment"; did you mean "statement"? (line 4)',
    ])
  })

  it.each([
    [
      'kind: ascending, factor: f, above: 1',
      'levels: ascending needs a list of two levels or more, the lowest first',
    ],
    ['kind: ascending, factor: f, above: 1, levels: any', 'levels: ascending needs a list of two levels'],
    ['kind: ascending, levels: [1, 2], above: 1', 'factor: ascending needs a factor'],
    ['kind: ascending, factor: f, levels: [1, 2]', 'above: ascending needs above'],
    ['kind: ascending, factor: f, levels: [1, 2], above: 0', 'above: a ratio is more than 0'],
    ['kind: ascending, factor: f, levels: [1, 2], above: 1, where: { f: 1 }', 'factor: f is compared'],
    ['kind: between, factor: f, levels: [1, 2], above: 1', 'below: between needs above and below'],
    [
      'kind: between, factor: f, levels: [1, 2], above: 2, below: 1',
      'below: expected more than above (2), got 1',
    ],
    ['kind: greatest, factor: f, above: 1', 'level: greatest needs the level that is the greatest'],
    ['kind: no-more, factor: f, levels: any, below: 1.1, above: 1', 'above: no-more has no use for it'],
    ['kind: bounded, below: 1, factor: f', 'factor: bounded has no use for it'],
    ['kind: bounded, below: 1, by: typical', 'by: bounded is of means alone'],
    ['kind: bounded', 'below: bounded needs above, below or both'],
  ])('refuses a test {%s}', (test, problem) => {
    expect(problemsOf(claim('kind: bounded, below: 1', test))).toEqual([
      expect.stringContaining(`claims[0].tests[1].${problem}`),
    ])
  })

  it('refuses an id twice, and a circle without its reason', () => {
    expect(problemsOf(claim('kind: bounded, below: 1') + claim('kind: bounded, below: 1').slice(8))).toEqual([
      'claims[1].id: "one" is the id of claims[0] already (line 7)',
    ])
    expect(problemsOf(`${claim('kind: bounded, below: 1')}  circularWhen: [modelled]\n`)).toEqual([
      expect.stringContaining('claims[0].because: circularWhen and because go together'),
    ])
  })

  it.each(['', '[]', 'claims: 7', '{', 'claims: [7]'])('refuses %j', (text) => {
    expect(() => parseClaims(text, 'x')).toThrow(ShoalError)
  })

  it('that is not there is an error with its path', () => {
    expect(() => readClaims('/nowhere/claims.yaml')).toThrow('/nowhere/claims.yaml')
  })
})
