import { expect, it } from 'vitest'
import { renderLength } from '../../../../evaluation/campaign/length.ts'
import { campaignMatrix } from '../../../../evaluation/campaign/matrix.ts'
import { parseCampaign } from '../../../../evaluation/campaign/parse-campaign.ts'
import { renderMatrix } from '../../../../evaluation/campaign/render-matrix.ts'
import { someScenarios } from './some-scenarios.ts'

const campaign = parseCampaign(
  'name: mine\nscenarios: {echo: {sizes: [7, 8], repetitions: 3}, rest: {links: [wlan], repetitions: 2}}',
  'x',
  someScenarios,
)

/** The first stage takes 10 s, each after it 5 s. */
const stageMs = (before: unknown) => (before === undefined ? 10_000 : 5000)

it('the matrix has each factor with its values, counted cells and warm-ups apart, and the time with its stages', () => {
  const { scenarios, ...whole } = campaignMatrix(campaign, stageMs)
  // echo: 2 links, 2 modes, 2 sizes, 3 repetitions of 1 s and a warm-up; rest: 2 modes, 2 repetitions of 60 s.
  expect(scenarios).toEqual([
    {
      scenario: 'echo',
      title: 'echo',
      paper: 'Fig. 5',
      factors: [
        { name: 'link', values: ['ethernet', 'wlan'] },
        { name: 'mode', values: ['native', 'pair'] },
        { name: 'size', values: [7, 8] },
      ],
      cells: 24,
      warmUps: 8,
      repetitions: 3,
      expectedMs: 32_000,
    },
    {
      scenario: 'rest',
      title: 'rest',
      paper: 'Fig. 5',
      factors: [
        { name: 'link', values: ['wlan'] },
        { name: 'mode', values: ['pair', 'cluster'] },
      ],
      cells: 4,
      warmUps: 0,
      repetitions: 2,
      expectedMs: 240_000,
    },
  ])
  // ethernet pair; wlan pair, wlan cluster.
  expect(whole).toEqual({ cells: 36, stages: 3, stagesMs: 20_000, expectedMs: 292_000 })
})

it('cells that are done take no time, and are still told of', () => {
  const isDone = ({ need }: { need: { link: string } }) => need.link === 'ethernet'
  const { scenarios, ...whole } = campaignMatrix(campaign, stageMs, isDone)
  expect(scenarios.map(({ cells, expectedMs }) => [cells, expectedMs])).toEqual([
    [24, 16_000],
    [4, 240_000],
  ])
  expect(whole).toEqual({ cells: 20, stages: 2, stagesMs: 15_000, expectedMs: 271_000 })
})

it('the matrix is printed one line a factor', () => {
  const lines = renderMatrix(campaign, campaignMatrix(campaign, stageMs))
    .split('\n')
    .map((line) => line.trim().split(/ {2,}/))
  expect(lines).toEqual([
    ['campaign mine, seed 2017; hosts of a lab draw power as the model of pi3b says'],
    [''],
    ['SCENARIO', 'OF THE PAPER', 'FACTORS', 'CELLS', 'REPEATED', 'WARM-UPS', 'TIME'],
    ['echo', 'Fig. 5', 'link: ethernet, wlan', '24', '3', '8', '32 s'],
    ['mode: native, pair'],
    ['size: 7, 8'],
    ['rest', 'Fig. 5', 'link: wlan', '4', '2', '0', '4 min 0 s'],
    ['mode: pair, cluster'],
    [''],
    ['3 stages, set up in about 20 s'],
    [''],
    ['36 cells on 3 stages take about 4 min 52 s'],
    [''],
  ])
})

it.each([
  [0, '0 s'],
  [-5, '0 s'],
  [44_001, '45 s'],
  [59_999, '1 min 0 s'],
  [860_000, '14 min 20 s'],
  [3_600_000, '1 h 0 min'],
  [18_720_000, '5 h 12 min'],
])('%d ms are %s', (ms, text) => {
  expect(renderLength(ms)).toBe(text)
})
