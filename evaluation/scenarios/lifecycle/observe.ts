// What the records of one minute come down to: its mean CPU, the peak at each moment, and the course of it all.
import { intervalOf, meanOf, samplesOf, type TimedSample, touching, within } from '../host-samples.ts'
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
  if (interval === undefined) return { observations: [], courses: [], failures }
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

/** The highest sample that is over some time of each moment; of `rest` the highest that touches none. */
function peaksOf(
  records: CellRecords,
  samples: readonly TimedSample[],
): readonly (readonly [moment: string, share: number])[] {
  const moments = momentsOf(records)
  const touched = new Set<TimedSample>()
  const groups = moments.map(({ moment, fromMs, toMs }) => {
    const group = touching(samples, { fromMs, toMs: toMs + echoMs })
    for (const sample of group) touched.add(sample)
    return [moment, group] as const
  })
  const rest = samples.filter((sample) => !touched.has(sample))
  return [...groups, ['rest', rest] as const].flatMap(([moment, group]) => {
    const shares = group.flatMap(({ sample }) => (sample.cpu_share === null ? [] : [sample.cpu_share]))
    return shares.length === 0 ? [] : [[moment, Math.max(...shares)] as const]
  })
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
