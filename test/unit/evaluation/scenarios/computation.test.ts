import { describe, expect, it } from 'vitest'
import { computation } from '../../../../evaluation/scenarios/computation.ts'
import type { Observed } from '../../../../evaluation/scenarios/observation.ts'
import type { Cell, RawRecord } from '../../../../evaluation/scenarios/scenario.ts'
import { cellRecords, interval, samplesEachSecond } from './cell-records.ts'

const settings = computation.settings.parse({})
const cells = computation.plan(settings)
const roles = ['manager', 'worker'] as const
const aCell = (id: string): Cell => cells.find((cell) => cell.id === id) as Cell

/** Busy only from 2.4 s to 6.4 s; half busy in the seconds in which the requests begin and end. */
const looks = [0, 0, 0.1, 0.2, 0.2, 0.2, 0.1, 0, 0].map((cpu_share) => ({
  cpu_share,
  power_watts: 1 + 10 * cpu_share,
}))

function requests(count: number, failed = 0): readonly RawRecord[] {
  return Array.from({ length: count }, (_, index) => ({
    type: 'request',
    elapsed_ms: 2000 + index,
    index,
    ...(index < failed ? { failure: 'timed out' } : { responseTimeMs: 10 }),
  }))
}

function observe(cell: Cell, ...more: readonly (readonly RawRecord[])[]): Observed {
  return computation.observe(
    settings,
    cellRecords(
      cell,
      interval(1900, 5900),
      samplesEachSecond('worker', looks),
      samplesEachSecond('manager', looks),
      ...more,
    ),
  )
}

describe('computation', () => {
  it('plans links, modes, operations and repetitions of the paper', () => {
    expect(cells).toHaveLength(2 * 2 * 3 * 5)
    expect(new Set(cells.map(({ id }) => id)).size).toBe(cells.length)
    expect(aCell('computation/wlan/cluster/bubblesort/5')).toMatchObject({
      need: { link: 'wlan', mode: 'cluster', workers: 1, devices: false },
      factors: { link: 'wlan', mode: 'cluster', operation: 'bubblesort' },
      repetition: 5,
    })
  })

  it('takes mean CPU and power of the seconds wholly within, and energy of the whole interval', () => {
    const { observations } = observe(aCell('computation/wlan/pair/average/1'), requests(44, 4))
    const worker = observations.filter(({ factors }) => factors.role === 'worker')
    // 0.2 three times: the seconds that end at 3.4, 4.4 and 5.4 s.
    expect(worker).toMatchObject([
      { measure: 'cpu', unit: 'share', origin: 'emulated', value: expect.closeTo(0.2) },
      { measure: 'power', unit: 'W', origin: 'modelled', value: expect.closeTo(3) },
      { measure: 'energy', unit: 'J', origin: 'modelled' },
    ])
    // Readings stand at the middle of their seconds: 2 W at 1.9 s, 3 W at 2.9 to 4.9 s, 2 W at 5.9 s.
    expect(worker[2]?.value).toBeCloseTo((2.5 + 3 + 3 + 2.5) / 40)
    expect(observations.filter(({ factors }) => factors.role === 'manager')).toHaveLength(3)
  })

  it('has no part in the energy for a request that was answered after the interval', () => {
    const cell = aCell('computation/wlan/pair/average/1')
    const energyOf = (...records: readonly (readonly RawRecord[])[]) =>
      observe(cell, ...records).observations.find(({ measure }) => measure === 'energy')?.value
    const late = requests(4).map((record) => ({ ...record, elapsed_ms: 5950 }))
    expect(energyOf(requests(40), late)).toBe(energyOf(requests(40)))
  })

  it('counts each failed request', () => {
    const { failures } = observe(aCell('computation/wlan/pair/average/1'), requests(10, 3))
    expect(failures).toHaveLength(3)
    expect(failures[0]).toMatchObject({ reason: 'timed out', factors: { operation: 'average' } })
  })

  it('has no energy where nothing was answered, or power reaches over a part only', () => {
    const cell = aCell('computation/wlan/pair/average/1')
    const unanswered = observe(cell, requests(3, 3))
    expect(unanswered.observations.some(({ measure }) => measure === 'energy')).toBe(false)
    expect(unanswered.failures.map(({ reason }) => reason)).toContain(
      'no energy of the worker: no request was answered in the interval',
    )
    const short = computation.observe(
      settings,
      cellRecords(cell, interval(1900, 5900), requests(3), samplesEachSecond('worker', looks.slice(0, 6))),
    )
    expect(short.observations.map(({ measure }) => measure)).toEqual(['cpu', 'power'])
    expect(short.failures.map(({ reason }) => reason)).toEqual([
      'no sample of the manager in the interval',
      'no energy of the worker: its readings of power do not reach over the whole interval',
    ])
  })

  it('misses no energy where nothing tells power', () => {
    const dark = computation.observe(
      settings,
      cellRecords(
        aCell('computation/wlan/pair/average/1'),
        interval(1900, 5900),
        requests(3),
        ...roles.map((role) =>
          samplesEachSecond(
            role,
            looks.map(({ cpu_share }) => ({ cpu_share })),
          ),
        ),
      ),
    )
    expect(dark.observations.map(({ measure }) => measure)).toEqual(['cpu', 'cpu'])
    expect(dark.failures).toEqual([])
  })

  it('tells of records without an interval', () => {
    const { observations, failures } = computation.observe(
      settings,
      cellRecords(aCell('computation/wlan/pair/average/1'), requests(3)),
    )
    expect(observations).toEqual([])
    expect(failures.map(({ reason }) => reason)).toEqual(['no interval in its records'])
  })

  it('draws the manager in cluster mode alone, and of pair mode the course whose mean is the median', () => {
    const all: Observed[] = [1, 2, 3].flatMap((repetition) => [
      computation.observe(
        settings,
        cellRecords(
          aCell(`computation/ethernet/pair/average/${repetition}`),
          interval(1900, 5900),
          requests(40),
          samplesEachSecond('manager', looks),
          samplesEachSecond(
            'worker',
            looks.map(({ cpu_share }) => ({ cpu_share: cpu_share * repetition, power_watts: 2 })),
          ),
        ),
      ),
      observe(aCell(`computation/ethernet/cluster/average/${repetition}`), requests(40)),
    ])
    const [fig6, fig7, fig9] = computation.figures(settings, {
      observations: all.flatMap(({ observations }) => observations),
      courses: all.flatMap(({ courses }) => courses),
      failures: [],
    })
    expect(fig6?.panels).toMatchObject([
      { title: 'manager in cluster mode', series: ['Ethernet'], bars: [{ values: [20, 20, 20].map(near) }] },
      { title: 'server', series: ['Ethernet, pair mode', 'Ethernet, cluster mode'] },
    ])
    expect(fig7?.panels).toMatchObject([
      {
        kind: 'lines',
        lines: [
          {
            name: 'Average',
            points: [[0.5, 20].map(near), [1.5, 40].map(near), [2.5, 40].map(near), [3.5, 40].map(near)],
          },
        ],
      },
    ])
    expect(fig9?.panels.map(({ title }) => title)).toEqual([
      'manager in cluster mode',
      'server',
      'server, energy a request',
    ])
    expect(fig9?.origins).toEqual(['modelled'])
  })
})

function near(value: number): unknown {
  return expect.closeTo(value)
}
