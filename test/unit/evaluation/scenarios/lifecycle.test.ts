import { describe, expect, it } from 'vitest'
import { lifecycle } from '../../../../evaluation/scenarios/lifecycle.ts'
import type { Cell, RawRecord } from '../../../../evaluation/scenarios/scenario.ts'
import { cellRecords, interval, samplesEachSecond } from './cell-records.ts'

const settings = lifecycle.settings.parse({})
const cells = lifecycle.plan(settings)
const [cell] = cells as [Cell]

function moment(name: string, fromMs: number, toMs: number): readonly RawRecord[] {
  return [
    { type: 'mark', elapsed_ms: fromMs, name },
    { type: 'moment-end', elapsed_ms: toMs, moment: name },
  ]
}

/** Samples end at 0.4 s, 1.4 s …; what is of each moment is written as so many hundredths. */
const shares = [1, 1, 1, 20, 2, 2, 1, 30, 31, 3, 1, 15, 4, 4, 1].map((hundredths) => hundredths / 100)
const records = [
  interval(0, 15_000),
  samplesEachSecond(
    'worker',
    shares.map((cpu_share) => ({ cpu_share })),
  ),
  samplesEachSecond(
    'manager',
    shares.map(() => ({ cpu_share: 0.01 })),
  ),
]
const moments = [
  moment('activation', 2500, 3800),
  moment('task', 6600, 8400),
  moment('removal', 10_500, 10_900),
]

describe('lifecycle', () => {
  it('plans both modes over Ethernet, a minute each', () => {
    expect(cells.map(({ id }) => id)).toHaveLength(6)
    expect(cell).toMatchObject({ id: 'lifecycle/ethernet/pair/1', need: { mode: 'pair', workers: 1 } })
    expect(cell.expectedMs).toBeGreaterThanOrEqual(60_000)
  })

  it('refuses moments out of their order', () => {
    expect(lifecycle.settings.safeParse({ forSeconds: 30 }).success).toBe(false)
    expect(lifecycle.settings.safeParse({ taskSeconds: 20 }).success).toBe(false)
    const quick = {
      forSeconds: 16,
      activateAtSeconds: 2,
      taskAtSeconds: 7,
      taskSeconds: 2,
      removeAtSeconds: 11,
    }
    expect(lifecycle.settings.safeParse(quick).success).toBe(true)
  })

  it('finds the peak of each moment, and of the rest the highest second that is of none', () => {
    const { observations } = lifecycle.observe(settings, cellRecords(cell, ...records, ...moments))
    const peaks = observations.filter(
      ({ measure, factors }) => measure === 'cpu_peak' && factors.role === 'worker',
    )
    expect(peaks.map(({ factors, value }) => [factors.moment, value])).toEqual([
      ['activation', 0.2],
      ['task', 0.31],
      ['removal', 0.15],
      ['rest', 0.04],
    ])
  })

  it('gives a sample that two moments share to the one that it is over most of', () => {
    const close = [
      moment('activation', 2500, 3800),
      moment('task', 6600, 9600),
      moment('removal', 9800, 10_900),
    ]
    const { observations } = lifecycle.observe(
      settings,
      cellRecords(
        cell,
        interval(0, 15_000),
        // The second that ends at 10.4 s is mostly of the removal, and still busy with the task.
        samplesEachSecond(
          'worker',
          [0, 0, 0, 0, 0, 0, 0, 50, 50, 50, 20, 10, 0, 0].map((hundredths) => ({
            cpu_share: hundredths / 100,
          })),
        ),
        ...close,
      ),
    )
    const peak = (name: string) =>
      observations.find(({ measure, factors }) => measure === 'cpu_peak' && factors.moment === name)?.value
    expect([peak('task'), peak('removal')]).toEqual([0.5, 0.2])
  })

  it('takes the mean over the whole minute, and marks the course', () => {
    const { observations, courses, failures } = lifecycle.observe(
      settings,
      cellRecords(cell, ...records, ...moments),
    )
    const counted = shares.slice(1)
    const mean = counted.reduce((sum, share) => sum + share, 0) / counted.length
    expect(
      observations.find(({ measure, factors }) => measure === 'cpu' && factors.role === 'worker')?.value,
    ).toBeCloseTo(mean)
    expect(courses[1]?.marks.map(({ name, seconds }) => [name, seconds])).toEqual([
      ['activation', 2.5],
      ['task', 6.6],
      ['removal', 10.5],
    ])
    expect(failures).toEqual([])
  })

  it('draws both modes on one time axis, with peaks and means beside', () => {
    const cluster = cells.find(({ factors }) => factors.mode === 'cluster') as Cell
    const observed = [cell, cluster].map((each) =>
      lifecycle.observe(settings, cellRecords(each, ...records, ...moments)),
    )
    const [figure] = lifecycle.figures(settings, {
      observations: observed.flatMap(({ observations }) => observations),
      courses: observed.flatMap(({ courses }) => courses),
      failures: [],
    })
    expect(figure?.panels).toMatchObject([
      {
        kind: 'lines',
        lines: [{ name: 'pair mode' }, { name: 'cluster mode' }],
        marks: [{ x: 2.5, name: 'activation' }, { name: 'task' }, { name: 'removal' }],
      },
      {
        kind: 'bars',
        categories: ['activation', 'task', 'removal', 'rest'],
        series: ['pair mode', 'cluster mode'],
      },
      { kind: 'bars', categories: ['pair mode', 'cluster mode'] },
      { kind: 'bars', title: 'manager: mean of the 60 s' },
    ])
  })

  it('tells of records without an interval', () => {
    const { observations, failures } = lifecycle.observe(settings, cellRecords(cell, ...moments))
    expect(observations).toEqual([])
    expect(failures).toMatchObject([{ reason: 'no interval in its records' }])
  })

  it('counts failed requests of the task', () => {
    const failed: RawRecord = { type: 'request', elapsed_ms: 7000, failure: 'timed out' }
    const { failures } = lifecycle.observe(settings, cellRecords(cell, ...records, ...moments, [failed]))
    expect(failures).toMatchObject([{ reason: 'timed out' }])
  })
})
