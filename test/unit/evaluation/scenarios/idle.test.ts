import { describe, expect, it } from 'vitest'
import { idle } from '../../../../evaluation/scenarios/idle.ts'
import type { Observed } from '../../../../evaluation/scenarios/observation.ts'
import { cellRecords, interval, samplesEachSecond } from './cell-records.ts'

const settings = idle.settings.parse({})
const [first] = idle.plan(settings)
if (first === undefined) throw new Error('no cell')

/** Busy before and after the interval of 1.0 to 4.5 s: only the seconds that end at 2.4, 3.4 and 4.4 lie within. */
const looks = [0.9, 0.9, 0.1, 0.2, 0.3, 0.9].map((cpu_share) => ({
  cpu_share,
  power_watts: 1 + cpu_share,
  memory_used_bytes: 100,
}))

describe('idle', () => {
  it('plans every link with each repetition, on stages without a manager', () => {
    const cells = idle.plan(settings)
    expect(cells).toHaveLength(10)
    expect(new Set(cells.map(({ id }) => id)).size).toBe(10)
    expect(new Set(cells.map(({ need }) => need.link))).toEqual(new Set(['ethernet', 'wlan']))
    expect(cells.every(({ need }) => need.mode === 'pair')).toBe(true)
  })

  it('refuses unknown keys, unknown links, and a link named twice', () => {
    expect(idle.settings.safeParse({ link: ['wlan'] }).success).toBe(false)
    expect(idle.settings.safeParse({ links: ['token-ring'] }).success).toBe(false)
    expect(idle.settings.safeParse({ links: ['wlan', 'wlan'] }).success).toBe(false)
  })

  it('takes the mean of the samples that lie wholly within the interval', () => {
    const { observations, failures } = idle.observe(
      settings,
      cellRecords(
        first,
        interval(1000, 4500),
        samplesEachSecond('worker', looks),
        samplesEachSecond('manager', looks),
      ),
    )
    const worker = observations.filter(({ factors }) => factors.role === 'worker')
    expect(Object.fromEntries(worker.map(({ measure, value }) => [measure, value]))).toEqual({
      power: expect.closeTo(1.2),
      cpu: expect.closeTo(0.2),
      memory: 100,
    })
    expect(observations.filter(({ measure }) => measure === 'power').map(({ origin }) => origin)).toEqual([
      'modelled',
      'modelled',
    ])
    expect(failures).toEqual([])
  })

  it('counts a host without samples as a failure', () => {
    const { observations, failures } = idle.observe(
      settings,
      cellRecords(first, interval(1000, 4500), samplesEachSecond('worker', looks)),
    )
    expect(observations.every(({ factors }) => factors.role === 'worker')).toBe(true)
    expect(failures).toMatchObject([{ factors: { role: 'manager' } }])
  })

  it('draws power, CPU in percent and memory by link and role', () => {
    const observed: Observed = {
      observations: [1, 2].flatMap((repetition) =>
        (['wlan', 'ethernet'] as const).map((link) => ({
          scenario: 'idle',
          measure: 'cpu',
          unit: 'share',
          origin: 'emulated',
          factors: { link, role: 'worker' },
          repetition,
          value: repetition / 100,
        })),
      ),
      courses: [],
      failures: [],
    }
    const [figure] = idle.figures(settings, observed)
    expect(figure).toMatchObject({ id: 'table-1', origins: ['emulated'], failures: 0 })
    expect(figure?.panels).toMatchObject([
      {
        kind: 'bars',
        y: { unit: '%' },
        categories: ['Ethernet', 'WLAN'],
        series: ['server'],
        bars: [
          { values: [1, 2], estimate: { value: 1.5 } },
          { values: [1, 2], estimate: { value: 1.5 } },
        ],
      },
    ])
  })
})
