import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCampaign } from '../../../../evaluation/campaign/parse-campaign.ts'
import { readResolvedCampaign, resolveCampaign } from '../../../../evaluation/campaign/resolved-campaign.ts'
import { ShoalError } from '../../../../src/model/errors.ts'
import { someScenarios } from './some-scenarios.ts'

const parse = (text: string) => parseCampaign(text, 'campaign.yaml', someScenarios)

/** Settings in force by scenario. */
const settingsOf = (text: string): Readonly<Record<string, unknown>> =>
  Object.fromEntries(parse(text).scenarios.map(({ scenario, settings }) => [scenario.name, settings]))

const problemsOf = (text: string): readonly string[] => {
  try {
    parse(text)
  } catch (error) {
    if (error instanceof ShoalError && error.code === 'CAMPAIGN_INVALID')
      return error.reason
        .split('\n')
        .slice(1)
        .map((line) => line.trim())
    throw error
  }
  return []
}

describe('parseCampaign', () => {
  it.each(['', '# the paper’s\n', '{}', 'scenarios:\n  echo:\n  rest:\n  bare:\n'])(
    'takes what is left out of %j from the scenarios: the paper’s',
    (text) => {
      expect(parse(text)).toMatchObject({ name: 'campaign', seed: 2017, board: 'pi3b' })
      expect(settingsOf(text)).toEqual({
        echo: {
          links: ['ethernet', 'wlan'],
          modes: ['native', 'pair'],
          sizes: [1000, 2000],
          repetitions: 10,
          warmUps: 1,
        },
        rest: {
          links: ['direct'],
          modes: ['pair', 'cluster'],
          repetitions: 3,
          forSeconds: 60,
          everySeconds: 5,
        },
        bare: { workers: [1, 2, 4] },
      })
    },
  )

  it('gives each scenario those values of a factor that it knows, and its own settings first', () => {
    const settings = settingsOf(`
name: mine
links: [wlan, direct]
modes: [native, cluster]
repetitions: 4
scenarios:
  rest: { links: [ethernet], forSeconds: 20 }
  echo: {}
`)
    expect(settings.echo).toMatchObject({ links: ['wlan'], modes: ['native'], repetitions: 4, warmUps: 1 })
    expect(settings.rest).toMatchObject({
      links: ['ethernet'],
      modes: ['cluster'],
      repetitions: 4,
      forSeconds: 20,
      everySeconds: 5,
    })
    expect(settings).not.toHaveProperty('bare')
  })

  it('keeps the order of the scenarios there are, whatever that of the file', () => {
    expect(Object.keys(settingsOf('scenarios: {bare: {}, echo: {}}'))).toEqual(['echo', 'bare'])
  })

  it('leaves out a scenario that a factor leaves no value, unless the file names it', () => {
    expect(Object.keys(settingsOf('modes: [native]'))).toEqual(['echo', 'bare'])
    expect(problemsOf('modes: [native]\nscenarios:\n  echo:\n  rest:\n    forSeconds: 9')).toEqual([
      'scenarios.rest: a factor of the campaign has no value that it knows; give it one here, or leave it out (line 5)',
    ])
  })

  it('tells every problem at once, with its path and its line', () => {
    expect(
      problemsOf(`
name: a/b
seed: soon
board: pi5
link: [wlan]
links: [wlan, wifi]
repetitions: 0
scenarios:
  ehco: {}
  echo:
    repetition: 3
    links: [ethernet, direct]
    sizes: [1000, 1000]
    repetitions: 1
  rest: [1]
  bare: { workers: [1.5] }
`),
    ).toEqual([
      'name: expected letters, digits, and . _ - between them, at most 63, got "a/b" (line 2)',
      'seed: expected a number, got "soon" (line 3)',
      'board: expected one of pi3b, pi3b+, pi4b, got "pi5" (line 4)',
      'links[1]: expected one of ethernet, wlan, direct, got "wifi" (line 6)',
      'repetitions: expected at least 1, got 0 (line 7)',
      'scenarios.ehco: unknown key "ehco"; did you mean "echo"? (line 9)',
      'link: unknown key "link"; did you mean "links"? (line 5)',
      'scenarios.echo.links[1]: expected one of ethernet, wlan, got "direct" (line 12)',
      'scenarios.echo.repetitions: expected at least 2, got 1 (line 14)',
      'scenarios.echo.repetition: unknown key "repetition"; did you mean "repetitions"? (line 11)',
      'scenarios.rest: expected a mapping, got a list (line 15)',
      'scenarios.bare.workers[0]: expected a whole number, got 1.5 (line 16)',
    ])
  })

  it.each([
    ['operations: [average]', 'operations: no scenario of the campaign has this factor (line 1)'],
    ['sizes: [9000]', 'sizes[0]: expected at most 5000, got 9000 (line 1)'],
    ['links: [direct]\nscenarios: {echo: }', 'links[0]: no scenario of the campaign knows direct (line 1)'],
    ['sizes: [1000]\nscenarios: {rest: }', 'sizes: no scenario of the campaign has this factor (line 1)'],
    ['repetitions: 1', 'repetitions: echo: expected at least 2, got 1 (line 1)'],
    ['links: [wlan, wlan]', 'links[1]: wlan is there already (line 1)'],
    ['links: []', 'links: expected at least 1 value, got an empty list (line 1)'],
    ['links: wlan', 'links: expected a list, got "wlan" (line 1)'],
    ['repetitions:', 'repetitions: expected a number, got nothing (line 1)'],
    ['scenarios: {}', 'scenarios: expected at least one scenario (line 1)'],
    ['scenarios: [echo]', 'scenarios: expected a mapping, got a list (line 1)'],
    ['scenarios: {echo: {sizes: [7, 7]}}', 'scenarios.echo.sizes[1]: 7 is there already (line 1)'],
    ['seed: 1.5', 'seed: expected a whole number, got 1.5 (line 1)'],
    ['seed: -1', 'seed: expected at least 0, got -1 (line 1)'],
    ['seed: .nan', 'seed: expected a number, got NaN (line 1)'],
    [
      'scenarios: {rest: {forSeconds: 2}}',
      'scenarios.rest.everySeconds: expected at most forSeconds (line 1)',
    ],
    ['- links', '(the file): expected a mapping, got a list (line 1)'],
    ['links', '(the file): expected a mapping, got "links" (line 1)'],
    ['scenarios: {echo: 7}', 'scenarios.echo: expected a mapping, got 7 (line 1)'],
  ])('refuses %j', (text, problem) => {
    expect(problemsOf(text)).toContain(problem)
  })

  it('refuses factors that leave no scenario anything', () => {
    const scenarios = someScenarios.slice(0, 2)
    const text = 'links: [direct]\nmodes: [native]'
    expect(() => parseCampaign(text, 'x', scenarios)).toThrow(/leave no scenario anything to measure/)
  })

  it('names the place of an error in the syntax', () => {
    expect(problemsOf('links: [wlan\nmodes: x').join()).toMatch(/^line 2, column \d+: /)
    expect(problemsOf('seed: 1\nseed: 2').join()).toMatch(/^line 2, column 1: Map keys must be unique/)
  })

  it('refuses aliases that multiply, and a text that is no campaign for its length', () => {
    const bomb = ['a: &a [1,1,1,1,1,1,1,1,1]']
    for (let level = 0; level < 8; level += 1) {
      const [own, last] = [String.fromCharCode(98 + level), String.fromCharCode(97 + level)]
      bomb.push(`${own}: &${own} [${Array(9).fill(`*${last}`).join(',')}]`)
    }
    expect(problemsOf(bomb.join('\n'))).toHaveLength(1)
    expect(problemsOf('#'.repeat(300_000)).join()).toMatch(/at most 262144 characters/)
  })

  it('throws nothing else, whatever the text', () => {
    const keys = fc.constantFrom('name', 'links', 'seed', 'scenarios', 'echo', 'repetitions', '__proto__')
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.jsonValue(), keys, (text, value, key) => {
        problemsOf(text)
        problemsOf(`${key}: ${JSON.stringify(value)}`)
        problemsOf(`scenarios: {echo: {${JSON.stringify(key)}: ${JSON.stringify(value)}}}`)
      }),
    )
  })
})

describe('resolveCampaign', () => {
  it('writes every setting in force, which reads back as the same campaign', () => {
    const campaign = parse('name: mine\nseed: 7\nmodes: [pair]\nscenarios: {rest: {forSeconds: 9}, echo: }')
    const text = resolveCampaign(campaign)
    expect(JSON.parse(text)).toMatchObject({
      name: 'mine',
      seed: 7,
      board: 'pi3b',
      scenarios: { echo: { modes: ['pair'], repetitions: 10 }, rest: { forSeconds: 9, everySeconds: 5 } },
    })
    expect(readResolvedCampaign(text, 'campaign.json', someScenarios)).toEqual(campaign)
  })

  it('gives equal texts for equal campaigns, however they were written', () => {
    const one = parse(
      'scenarios: {rest: {everySeconds: 2, forSeconds: 9}, echo: {sizes: [1], links: [wlan]}}',
    )
    const other = parse(
      'links: [wlan]\nscenarios: {echo: {sizes: [1]}, rest: {links: [direct], forSeconds: 9, everySeconds: 2}}',
    )
    expect(resolveCampaign(one)).toBe(resolveCampaign(other))
  })
})
