import { describe, expect, it } from 'vitest'
import type { Observation, Observed } from '../../../../evaluation/scenarios/observation.ts'
import type { RawRecord } from '../../../../evaluation/scenarios/scenario.ts'
import { sensing } from '../../../../evaluation/scenarios/sensing.ts'
import { cellRecords, samplesEachSecond } from './cell-records.ts'

const settings = sensing.settings.parse({ forSeconds: 4, everySeconds: 2 })
const cells = sensing.plan(settings)
const cell = cells.find(({ id }) => id === 'sensing/wlan/pair/active-buzzer/1')
if (cell === undefined) throw new Error('no such cell')

const mark = (name: string, elapsed_ms: number): RawRecord => ({ type: 'mark', name, elapsed_ms })

/** Sent 10 ms before. */
function aGet(elapsed_ms: number, over: Record<string, unknown> = {}): RawRecord {
  return {
    type: 'request',
    method: 'GET',
    path: '/active-buzzer',
    tookMs: 10,
    code: '2.05',
    elapsed_ms,
    ...over,
  }
}

/** Activated from 2 to 3 s, read at 3.5 and 5.5 s, removed from 7.6 s. */
const events = [
  mark('activation', 2000),
  mark('on', 3000),
  { type: 'request', method: 'PUT', path: '/active-buzzer', tookMs: 400, code: '2.04', elapsed_ms: 3490 },
  aGet(3510),
  aGet(5510),
  mark('removal', 7600),
  mark('removed', 8000),
]
/** They end at 0.4, 1.4 … s; the first is over a time that is not known. */
const cpu = [0.9, 0, 0.6, 0.8, 0.1, 0.02, 0.3, 0.04, 0.5, 0]
const samples = samplesEachSecond(
  'worker',
  cpu.map((cpu_share) => ({ cpu_share, power_watts: 1 + cpu_share })),
)

function valuesOf({ observations }: Observed, measure: string, moment?: string): readonly number[] {
  return observations
    .filter((each: Observation) => each.measure === measure && each.factors.moment === moment)
    .map(({ value }) => value)
}

describe('sensing', () => {
  const observed = sensing.observe(settings, cellRecords(cell, events, samples))

  it('plans the paper’s: seven capabilities on two links, 120 s each, with devices at the worker', () => {
    const paper = sensing.plan(sensing.settings.parse({}))
    expect(paper).toHaveLength(14)
    expect(paper.every(({ need }) => need.devices && need.mode === 'pair' && need.workers === 1)).toBe(true)
    const total = paper.reduce((sum, { expectedMs }) => sum + expectedMs, 0)
    expect(total).toBeGreaterThan(14 * 120_000)
    expect(total).toBeLessThan(14 * 130_000)
  })

  it('refuses a time that holds no two periods, and a capability that the paper has not', () => {
    expect(sensing.settings.safeParse({ forSeconds: 5 }).success).toBe(false)
    expect(sensing.settings.safeParse({ forSeconds: 10 }).success).toBe(true)
    expect(sensing.settings.safeParse({ capabilities: ['camera'] }).success).toBe(false)
  })

  it('has one mean a period, from one GET to when the next is due, the second of the GET in it', () => {
    // GETs are sent at 3.5 and 5.5 s: the samples that end at 4.4 and 5.4, and at 6.4 and 7.4 s.
    expect(valuesOf(observed, 'cpu')).toEqual([expect.closeTo(0.06), expect.closeTo(0.17)])
    expect(valuesOf(observed, 'power')).toEqual([expect.closeTo(1.06), expect.closeTo(1.17)])
    const power = observed.observations.filter(({ measure }) => measure === 'power')
    expect(power.map(({ origin }) => origin)).toEqual(['modelled', 'modelled'])
    expect(power[0]?.factors).toEqual({ link: 'wlan', mode: 'pair', capability: 'active-buzzer' })
  })

  it('tells the seconds apart by what happened in them', () => {
    expect(valuesOf(observed, 'cpu_moment', 'get')).toEqual([0.1, 0.3])
    expect(valuesOf(observed, 'cpu_moment', 'between')).toEqual([0.02, 0.04])
  })

  it('has the peak of the activation, of the GETs and of the removal, one a cell', () => {
    // The samples that end at 2.4 and 3.4 s, at 4.4 and 6.4 s, at 8.4 s.
    expect(valuesOf(observed, 'cpu_peak', 'activation')).toEqual([0.8])
    expect(valuesOf(observed, 'cpu_peak', 'get')).toEqual([0.3])
    expect(valuesOf(observed, 'cpu_peak', 'removal')).toEqual([0.5])
  })

  it('keeps the tail of the activation out of the first period', () => {
    // The first GET at 3.1 s: the sample that ends at 3.4 s began before the activation was over.
    const soon = events.map((event) =>
      event.method === 'GET' ? { ...event, elapsed_ms: event.elapsed_ms - 400 } : event,
    )
    const { observations } = sensing.observe(settings, cellRecords(cell, soon, samples))
    const of = (measure: string) =>
      observations.filter((each) => each.measure === measure).map(({ value }) => value)
    expect(of('cpu')).toEqual([expect.closeTo(0.1), expect.closeTo(0.16)])
    expect(valuesOf({ observations, courses: [], failures: [] }, 'cpu_moment', 'get')).toEqual([0.02])
    expect(valuesOf({ observations, courses: [], failures: [] }, 'cpu_peak', 'activation')).toEqual([0.8])
  })

  it('leaves out a period that the removal cuts short', () => {
    const short = events.map((event) => (event.name === 'removal' ? { ...event, elapsed_ms: 6500 } : event))
    expect(valuesOf(sensing.observe(settings, cellRecords(cell, short, samples)), 'cpu')).toHaveLength(1)
  })

  it('counts a GET without an answer, and one that was refused', () => {
    const { code: _, ...unanswered } = aGet(5510, { failure: 'no answer in 10 s' })
    const records = [
      ...events.filter(({ elapsed_ms }) => elapsed_ms !== 3510 && elapsed_ms !== 5510),
      aGet(3510, { code: '5.03', payload: 'gone' }),
      unanswered as RawRecord,
    ]
    const failed = sensing.observe(settings, cellRecords(cell, records, samples))
    expect(failed.failures.map(({ reason }) => reason)).toEqual([
      'GET /active-buzzer: 5.03 gone',
      'GET /active-buzzer: no answer in 10 s',
    ])
    expect(valuesOf(failed, 'response_time')).toEqual([])
    expect(valuesOf(observed, 'response_time')).toEqual([10, 10])
  })

  it('makes up nothing where no power is told, or no sample came', () => {
    const withoutPower = samplesEachSecond(
      'worker',
      cpu.map((cpu_share) => ({ cpu_share })),
    )
    const dark = sensing.observe(settings, cellRecords(cell, events, withoutPower))
    expect(valuesOf(dark, 'power')).toEqual([])
    expect(dark.courses.map(({ measure }) => measure)).toEqual(['cpu'])
    const none = sensing.observe(settings, cellRecords(cell, events))
    expect(valuesOf(none, 'cpu')).toEqual([])
    expect(none.failures.map(({ reason }) => reason)).toEqual(['no sample of the server'])
  })

  it('draws means by capability and link, and the active buzzer over time on each link', () => {
    const figures = sensing.figures(settings, observed)
    expect(figures.map(({ id, panels }) => [id, panels.length])).toEqual([
      ['fig-11', 2],
      ['fig-12', 1],
      ['fig-13', 1],
    ])
    expect(figures[0]?.caption).toContain('what a sensor or a buzzer itself draws is not in it')
    const [course] = figures[2]?.panels ?? []
    if (course?.kind !== 'lines') throw new Error('another panel')
    expect(course.lines[0]?.points[1]).toEqual([2.4, expect.closeTo(60)])
    expect(course.marks.map(({ name, x }) => [name, x])).toEqual([
      ['activation', 2],
      ['on', 3],
      ['removal', 7.6],
      ['removed', 8],
    ])
  })
})
