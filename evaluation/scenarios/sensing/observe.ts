// What the records of one sensing cell come down to: means by period of GETs, seconds by what happened in them, response times, courses.
import { isAnswered, type RequestRecord } from '../../sensing/measure.ts'
import {
  highestOf,
  type Interval,
  meanOf,
  type Quantity,
  samplesOf,
  type TimedSample,
  touching,
} from '../host-samples.ts'
import type { Course, Observation, Observed, Origin } from '../observation.ts'
import type { CellRecords, RawRecord } from '../scenario.ts'

const scenario = 'sensing'

const quantities = [
  { measure: 'power', unit: 'W', quantity: 'power_watts' },
  { measure: 'cpu', unit: 'share', quantity: 'cpu_share' },
] as const satisfies readonly (Pick<Observation, 'measure' | 'unit'> & { readonly quantity: Quantity })[]

/** Pure. @param everyMs from one GET to the next */
export function observeSensing(records: CellRecords, everyMs: number): Observed {
  const { cell, origin, powerOrigin } = records
  const { factors, repetition } = cell
  const samples = samplesOf(records, 'worker')
  const host = samples[0]?.host
  const originOf = (quantity: Quantity): Origin | undefined =>
    quantity === 'power_watts' ? powerOrigin[host ?? ''] : origin
  // Those before hold the tail of the activation, in the second of the first GET too.
  const onMs = momentOf(records, 'on')
  const settled = samples.filter(({ fromMs }) => fromMs >= onMs)
  const gets = records.records.filter(isGet)
  const periods = periodsOf(gets, everyMs, momentOf(records, 'removal'))
  const observations: Observation[] = []
  const observe = (
    of: Pick<Observation, 'measure' | 'unit' | 'factors'>,
    ofOrigin: Origin | undefined,
    value: number | undefined,
  ) => {
    if (value !== undefined && ofOrigin !== undefined)
      observations.push({ scenario, ...of, origin: ofOrigin, repetition, value })
  }
  for (const { span, get } of periods) {
    const own = endingIn(settled, span)
    for (const { quantity, ...of } of quantities)
      observe({ ...of, factors }, originOf(quantity), meanOf(own, quantity))
    const withGet = new Set(touching(own, get))
    const moment = (name: string, some: readonly TimedSample[]) =>
      observe(
        { measure: 'cpu_moment', unit: 'share', factors: { ...factors, moment: name } },
        origin,
        meanOf(some, 'cpu_share'),
      )
    moment('get', [...withGet])
    moment(
      'between',
      own.filter((sample) => !withGet.has(sample)),
    )
  }
  const peaks: readonly (readonly [moment: string, seconds: readonly TimedSample[]])[] = [
    ['activation', touching(samples, { fromMs: momentOf(records, 'activation'), toMs: onMs })],
    ['get', periods.flatMap(({ span, get }) => touching(endingIn(settled, span), get))],
    [
      'removal',
      touching(samples, { fromMs: momentOf(records, 'removal'), toMs: momentOf(records, 'removed') }),
    ],
  ]
  for (const [moment, some] of peaks)
    observe(
      { measure: 'cpu_peak', unit: 'share', factors: { ...factors, moment } },
      origin,
      highestOf(some, 'cpu_share'),
    )
  for (const { tookMs } of gets.filter(isAnswered))
    observe({ measure: 'response_time', unit: 'ms', factors }, origin, tookMs)
  const failures = gets
    .filter((get) => !isAnswered(get))
    .map(({ path, failure, code, payload }) => ({
      scenario,
      factors,
      reason: `GET ${path}: ${failure ?? `${code} ${payload ?? ''}`.trim()}`,
    }))
  if (samples.length === 0) failures.push({ scenario, factors, reason: 'no sample of the server' })
  const marks = records.records.flatMap(({ type, name, elapsed_ms }) =>
    type === 'mark' ? [{ seconds: elapsed_ms / 1000, name: `${name}` }] : [],
  )
  const courses = quantities.flatMap(({ measure, unit, quantity }): readonly Course[] => {
    const points = samples.flatMap(({ toMs, sample }) => {
      const value = sample[quantity]
      return value === null ? [] : [[toMs / 1000, value] as const]
    })
    const ofOrigin = originOf(quantity)
    if (ofOrigin === undefined || points.length === 0) return []
    return [{ scenario, measure, unit, origin: ofOrigin, factors, repetition, points, marks }]
  })
  return { observations, courses, failures }
}

type Get = RawRecord & RequestRecord

interface Period {
  readonly span: Interval
  readonly get: Interval
}

/** From each GET to when the next is due; what the removal cuts short is none. */
function periodsOf(gets: readonly Get[], everyMs: number, endMs: number): readonly Period[] {
  return gets
    .map(({ elapsed_ms, tookMs }) => ({ fromMs: elapsed_ms - tookMs, toMs: elapsed_ms }))
    .sort((a, b) => a.fromMs - b.fromMs)
    .map((get) => ({ get, span: { fromMs: get.fromMs, toMs: get.fromMs + everyMs } }))
    .filter(({ span }) => span.toMs <= endMs + slackMs)
}

/** PUT off and the end of the probe lie between the last period and the removal; timers are late by less. */
const slackMs = 500

/** Each sample belongs to the period that it ends in: the second of a GET to the GET's. */
function endingIn(samples: readonly TimedSample[], { fromMs, toMs }: Interval): readonly TimedSample[] {
  return samples.filter((sample) => sample.toMs > fromMs && sample.toMs <= toMs)
}

/** When it was marked; NaN, which nothing lies before or after, where it was not. */
function momentOf({ records }: CellRecords, name: string): number {
  return records.find((record) => record.type === 'mark' && record.name === name)?.elapsed_ms ?? Number.NaN
}

function isGet(record: RawRecord): record is Get {
  return record.type === 'request' && record.method === 'GET' && typeof record.tookMs === 'number'
}
