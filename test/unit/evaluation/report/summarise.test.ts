import { describe, expect, it } from 'vitest'
import { summarise } from '../../../../evaluation/report/summarise.ts'
import type { Observed } from '../../../../evaluation/scenarios/observation.ts'
import { aCell, anOutcome, aRun, aScenario, someHost } from './a-run.ts'
import { someFigures } from './some-figures.ts'

describe('a summary', () => {
  it('counts what is done, and leaves warm-ups, failed cells and cells that were not run out of the numbers', () => {
    const cells = [
      { cell: aCell('idle/0', 0), outcome: anOutcome('idle/0') },
      { cell: aCell('idle/1', 1), outcome: anOutcome('idle/1') },
      { cell: aCell('idle/2', 2), outcome: anOutcome('idle/2', { state: 'failed', reason: 'w1 is gone' }) },
      { cell: aCell('idle/3', 3), outcome: undefined },
    ]
    const { setting, observed } = summarise([aRun({ cells })], [])
    expect(observed.observations.map(({ repetition }) => repetition)).toEqual([1])
    expect(setting.cells).toEqual({
      planned: 4,
      done: 2,
      warmUps: 1,
      failed: [{ id: 'idle/2', reason: 'w1 is gone' }],
      notRun: ['idle/3'],
    })
    expect(observed.failures).toEqual([{ scenario: 'idle', factors: { link: 'wlan' }, reason: 'w1 is gone' }])
  })

  it('hands failed cells to the figures too, which count them', () => {
    let seen: Observed | undefined
    const scenario = aScenario((observed) => {
      seen = observed
      return []
    })
    const cells = [{ cell: aCell('idle/1'), outcome: anOutcome('idle/1', { state: 'failed', reason: 'no' }) }]
    summarise([aRun({ scenario, cells })], [])
    expect(seen?.failures).toHaveLength(1)
  })

  it.each([
    ['lab', 'emulated', 'modelled'],
    ['real', 'measured', 'modelled'],
  ] as const)('calls times of a %s %s, and power by its own source', (kind, ofTimes, ofPower) => {
    const records = () => [
      { type: 'power', elapsed_ms: 1, value: 2.5 },
      { type: 'response_time', elapsed_ms: 2, value: 12 },
    ]
    const { observed } = summarise([aRun({ kind, records })], [])
    expect(observed.observations.map(({ origin }) => origin)).toEqual([ofPower, ofTimes])
  })

  it('takes the power source of the stage that a cell ran on', () => {
    const meter = { name: 'ina219', origin: 'measured', detail: '' } as const
    const hosts = [[someHost()], [someHost({ power: meter })]]
    const cells = [
      { cell: aCell('idle/1', 1), outcome: anOutcome('idle/1', { stage: 1 }) },
      { cell: aCell('idle/2', 2), outcome: anOutcome('idle/2', { stage: 0 }) },
    ]
    const { observed } = summarise([aRun({ cells, hosts })], [])
    expect(observed.observations.map(({ origin }) => origin)).toEqual(['measured', 'modelled'])
  })

  it('puts the figures in the paper’s order, what goes beyond it last', () => {
    const shuffled = someFigures().toReversed()
    const { figures } = summarise([aRun({ scenario: aScenario(() => shuffled) })], [])
    expect(figures.map(({ id }) => id)).toEqual([
      'table-1',
      'fig-5',
      'fig-8',
      'fig-10',
      'fig-11',
      'fig-13',
      'devices-per-cluster',
      'containers-per-device',
    ])
  })

  it('names a host once for all links over which nothing else differs', () => {
    const hosts = [
      [someHost({ link: 'wlan' }), someHost({ name: 'm', role: 'manager' })],
      [someHost({ link: 'direct' })],
    ]
    const { setting } = summarise([aRun({ hosts })], [])
    expect(setting.hosts.map(({ name, links }) => [name, links])).toEqual([
      ['m', ['wlan']],
      ['w1', ['wlan', 'direct']],
    ])
  })

  it('joins parts of one campaign, and refuses what other versions took', () => {
    expect(summarise([aRun({}), aRun({})], []).observed.observations).toHaveLength(2)
    expect(() => summarise([aRun({}), aRun({ commit: 'fff0000' })], [])).toThrow(/commit: abc1234/)
  })

  it('tells how far the clock was set in which cell', () => {
    const cells = [{ cell: aCell('idle/1'), outcome: anOutcome('idle/1', { clockStepMs: -3600000 }) }]
    expect(summarise([aRun({ cells })], []).setting.clockSteps).toEqual([{ id: 'idle/1', ms: -3600000 }])
  })
})
