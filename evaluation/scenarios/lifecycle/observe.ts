// What the records of one minute come down to: its mean CPU, the peak at each moment, and the course of it all.
import { type Interval, intervalOf, meanOf, samplesOf, type TimedSample, within } from '../host-samples.ts'
import type { Course, Observation, Observed } from '../observation.ts'
import type { CellRecords, RawRecord } from '../scenario.ts'
import { lifecycleMoments } from './settings.ts'

const scenario = 'lifecycle'
const roles = ['manager', 'worker'] as const
/** What a command has set going shows for so long after its end, and no longer. */
const echoMs = 1000

export function observeLifecycle(records: CellRecords): Observed {
  const { cell } = records
  const interval = intervalOf(records)
  const failures: Observed['failures'][number][] = records.records
    .filter(isFailedRequest)
    .map(({ failure }) => ({ scenario, factors: cell.factors, reason: failure }))
  if (interval === undefined) {
    failures.push({ scenario, factors: cell.factors, reason: 'no interval in its records' })
    return { observations: [], courses: [], failures }
  }
  const observations: Observation[] = []
  const courses: Course[] = []
  for (const role of roles) {
    const samples = within(samplesOf(records, role), interval)
    const cpu = meanOf(samples, 'cpu_share')
    const factors = { ...cell.factors, role }
    if (cpu === undefined) {
      failures.push({ scenario, factors, reason: `no sample of the ${role} in the minute` })
      continue
    }
    const common = { scenario, unit: 'share', origin: records.origin, repetition: cell.repetition } as const
    observations.push({ ...common, measure: 'cpu', factors, value: cpu })
    for (const [moment, value] of peaksOf(records, samples))
      observations.push({ ...common, measure: 'cpu_peak', factors: { ...factors, moment }, value })
    courses.push({
      ...common,
      measure: 'cpu',
      factors,
      points: samples.flatMap(({ toMs, sample }) =>
        sample.cpu_share === null ? [] : [[toMs / 1000, sample.cpu_share] as const],
      ),
      marks: momentsOf(records).map(({ moment, fromMs }) => ({ seconds: fromMs / 1000, name: moment })),
    })
  }
  return { observations, courses, failures }
}

/** The highest sample of each moment; of `rest` the highest that is over no time of any. A sample belongs to the moment that it is over most of. */
function peaksOf(
  records: CellRecords,
  samples: readonly TimedSample[],
): readonly (readonly [moment: string, share: number])[] {
  const moments = momentsOf(records)
  const windows = moments.map(({ moment, fromMs, toMs }, index) => {
    const next = moments[index + 1]?.fromMs ?? Number.POSITIVE_INFINITY
    return { moment, fromMs, toMs: Math.min(toMs + echoMs, next) }
  })
  const peaks = new Map<string, number>()
  for (const each of samples) {
    if (each.sample.cpu_share === null) continue
    const [most] = windows.toSorted((a, b) => overlapMs(each, b) - overlapMs(each, a))
    const name = most !== undefined && overlapMs(each, most) > 0 ? most.moment : 'rest'
    peaks.set(name, Math.max(peaks.get(name) ?? 0, each.sample.cpu_share))
  }
  return [...lifecycleMoments, 'rest'].flatMap((moment) => {
    const share = peaks.get(moment)
    return share === undefined ? [] : [[moment, share] as const]
  })
}

function overlapMs(a: Interval, b: Interval): number {
  return Math.min(a.toMs, b.toMs) - Math.max(a.fromMs, b.fromMs)
}

function momentsOf({ records }: CellRecords) {
  return lifecycleMoments.flatMap((moment) => {
    const mark = records.find(({ type, name }) => type === 'mark' && name === moment)
    const end = records.find((record) => record.type === 'moment-end' && record.moment === moment)
    return mark === undefined || end === undefined
      ? []
      : [{ moment, fromMs: mark.elapsed_ms, toMs: end.elapsed_ms }]
  })
}

function isFailedRequest(record: RawRecord): record is RawRecord & { readonly failure: string } {
  return record.type === 'request' && typeof record.failure === 'string'
}
