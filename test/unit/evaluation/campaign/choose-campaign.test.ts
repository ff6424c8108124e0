import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chooseCampaign } from '../../../../evaluation/campaign/choose-campaign.ts'
import { refuseOtherCampaign } from '../../../../evaluation/campaign/same-campaign.ts'
import { ShoalError } from '../../../../src/model/errors.ts'
import { someScenarios } from './some-scenarios.ts'

let folder: string
let file: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-campaign-'))
  file = join(folder, 'mine.yaml')
  writeFileSync(file, 'name: mine\nscenarios: {echo: , rest: }\n')
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const problemOf = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    if (error instanceof ShoalError) return `${error.code} ${error.reason}`
    throw error
  }
  return 'none'
}

const namesOf = (choice: Parameters<typeof chooseCampaign>[0]) =>
  chooseCampaign(choice, someScenarios).scenarios.map(({ scenario }) => scenario.name)

describe('chooseCampaign', () => {
  it('takes the paper’s without a file: every scenario', () => {
    expect(chooseCampaign({}, someScenarios).name).toBe('paper')
    expect(namesOf({})).toEqual(['echo', 'rest', 'bare'])
  })

  it('takes a part of a file, and another seed', () => {
    expect(namesOf({ file, scenario: ['rest'] })).toEqual(['rest'])
    expect(chooseCampaign({ file, seed: 3 }, someScenarios)).toMatchObject({ name: 'mine', seed: 3 })
  })

  it('refuses scenarios that the campaign does not have, all of them', () => {
    expect(problemOf(() => namesOf({ file, scenario: ['ehco', 'rest', 'quux'] }))).toBe(
      'USAGE the campaign mine has no scenario ehco; did you mean echo?\n' +
        'the campaign mine has no scenario quux; it has echo, rest',
    )
  })

  it('says which file it cannot read', () => {
    const absent = join(folder, 'absent.yaml')
    expect(problemOf(() => namesOf({ file: absent }))).toMatch(/^FILE_UNREADABLE ENOENT/)
    expect(problemOf(() => namesOf({ file: folder }))).toMatch(/^FILE_UNREADABLE EISDIR/)
  })
})

describe('refuseOtherCampaign', () => {
  const stored = chooseCampaign({}, someScenarios)

  it('lets the same campaign pass', () => {
    expect(problemOf(() => refuseOtherCampaign('run', stored, chooseCampaign({}, someScenarios)))).toBe(
      'none',
    )
  })

  it('lists everything that differs', () => {
    writeFileSync(file, 'name: mine\nscenarios: {echo: {repetitions: 2}, rest: }\n')
    expect(
      problemOf(() => refuseOtherCampaign('run', stored, chooseCampaign({ file, seed: 1 }, someScenarios))),
    ).toBe(
      'RESULTS_MIXED it is the run of another campaign:\n' +
        '  name: paper there, mine now\n' +
        '  seed: 2017 there, 1 now\n' +
        '  echo.repetitions: 10 there, 2 now\n' +
        '  bare.workers: [1,2,4] there, left out now',
    )
  })
})
