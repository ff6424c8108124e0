import { describe, expect, it } from 'vitest'
import { responseTime } from '../../../../evaluation/scenarios/response-time.ts'
import type { Cell, RawRecord } from '../../../../evaluation/scenarios/scenario.ts'
import { cellRecords } from './cell-records.ts'

const settings = responseTime.settings.parse({ operations: ['average'], sizes: [1000] })
const cells = responseTime.plan(settings)
const [ethernet, wlan] = cells as [Cell, Cell]

function request(mode: string, repetition: number, outcome: Readonly<Record<string, unknown>>): RawRecord {
  return { type: 'request', elapsed_ms: 1, mode, operation: 'average', size: 1000, repetition, ...outcome }
}

describe('responseTime', () => {
  it('plans one cell a link, since what is compared alternates within it', () => {
    expect(cells.map(({ id }) => id)).toEqual(['response-time/ethernet/1', 'response-time/wlan/1'])
    expect(wlan.expectedMs).toBeGreaterThan(ethernet.expectedMs)
  })

  it('has one observation a request, and a failure for each that has no time', () => {
    const { observations, failures } = responseTime.observe(
      settings,
      cellRecords(wlan, [
        request('native', 0, { responseTimeMs: 12 }),
        request('pair', 0, { responseTimeMs: 13 }),
        request('pair', 1, { failure: 'timed out' }),
      ]),
    )
    expect(observations).toMatchObject([
      { measure: 'response_time', unit: 'ms', repetition: 1, value: 12, factors: { mode: 'native' } },
      {
        repetition: 1,
        value: 13,
        factors: { link: 'wlan', mode: 'pair', operation: 'average', size: 1000 },
      },
    ])
    expect(failures).toMatchObject([{ reason: 'timed out', factors: { mode: 'pair' } }])
  })

  it('draws bars by operation, and the share of requests within a time', () => {
    const observed = responseTime.observe(
      settings,
      cellRecords(
        ethernet,
        [30, 10, 20, 40].map((responseTimeMs, index) => request('pair', index, { responseTimeMs })),
      ),
    )
    const [figure] = responseTime.figures(settings, observed)
    expect(figure?.panels).toMatchObject([
      {
        kind: 'bars',
        title: 'Average',
        categories: ['1000, Ethernet'],
        series: ['container'],
        bars: [{ values: [30, 10, 20, 40], estimate: { value: 25, count: 4 } }],
      },
      {
        kind: 'lines',
        isStep: true,
        lines: [
          {
            name: 'container, Ethernet',
            points: [
              [10, 25],
              [20, 50],
              [30, 75],
              [40, 100],
            ],
          },
        ],
      },
    ])
  })

  it('counts failures of a figure even where nothing was answered', () => {
    const observed = responseTime.observe(settings, cellRecords(wlan, [request('pair', 0, { failure: 'x' })]))
    expect(responseTime.figures(settings, observed)).toMatchObject([{ panels: [], failures: 1 }])
  })
})
