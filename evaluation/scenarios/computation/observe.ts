// What the records of one interval come down to: mean CPU and power of both hosts, energy a request, and the course of the server's CPU.
import { joulesBetween } from '../../../src/telemetry/power/energy.ts'
import { type Interval, intervalOf, meanOf, samplesOf, type TimedSample, within } from '../host-samples.ts'
import type { Course, Observation, Observed } from '../observation.ts'
import type { CellRecords, RawRecord } from '../scenario.ts'

const scenario = 'computation'
const roles = ['manager', 'worker'] as const

export function observeComputation(records: CellRecords): Observed {
  const { cell } = records
  const interval = intervalOf(records)
  const requests = records.records.filter(isRequest)
  const failures: Observed['failures'][number][] = requests.flatMap(({ failure }) =>
    failure === undefined ? [] : [{ scenario, factors: cell.factors, reason: failure }],
  )
  if (interval === undefined) {
    failures.push({ scenario, factors: cell.factors, reason: 'no interval in its records' })
    return { observations: [], courses: [], failures }
  }
  // One that is answered later took none of the interval's energy for its answer.
  const answered = requests.filter(
    ({ failure, elapsed_ms }) => failure === undefined && elapsed_ms <= interval.toMs,
  ).length
  const observations: Observation[] = []
  for (const role of roles) {
    const samples = samplesOf(records, role)
    const ofHost = observeHost(records, role, samples, interval, answered)
    const missing = missingIn(ofHost, role, answered)
    if (missing !== undefined)
      failures.push({ scenario, factors: { ...cell.factors, role }, reason: missing })
    observations.push(...ofHost)
  }
  return { observations, courses: courseOf(records, interval), failures }
}

function observeHost(
  { cell, origin, powerOrigin }: CellRecords,
  role: string,
  samples: readonly TimedSample[],
  interval: Interval,
  answered: number,
): readonly Observation[] {
  const common = { scenario, factors: { ...cell.factors, role }, repetition: cell.repetition }
  const inside = within(samples, interval)
  const ofPower = powerOrigin[samples[0]?.host ?? '']
  const cpu = meanOf(inside, 'cpu_share')
  const power = meanOf(inside, 'power_watts')
  const joules = answered === 0 ? undefined : joulesOf(samples, interval)
  return [
    ...(cpu === undefined ? [] : [{ ...common, measure: 'cpu', unit: 'share', origin, value: cpu } as const]),
    ...(power === undefined || ofPower === undefined
      ? []
      : [{ ...common, measure: 'power', unit: 'W', origin: ofPower, value: power } as const]),
    ...(joules === undefined || ofPower === undefined
      ? []
      : [{ ...common, measure: 'energy', unit: 'J', origin: ofPower, value: joules / answered } as const]),
  ]
}

/** What should be there and is not. Where nothing tells power, there is no energy to miss. */
function missingIn(ofHost: readonly Observation[], role: string, answered: number): string | undefined {
  const has = (measure: string) => ofHost.some((each) => each.measure === measure)
  if (ofHost.length === 0) return `no sample of the ${role} in the interval`
  if (!has('power') || has('energy')) return undefined
  return answered === 0
    ? `no energy of the ${role}: no request was answered in the interval`
    : `no energy of the ${role}: its readings of power do not reach over the whole interval`
}

/** All that the host took, what it takes when idle included. A reading stands for the middle of the time that it is over. */
function joulesOf(samples: readonly TimedSample[], { fromMs, toMs }: Interval): number | undefined {
  const readings = samples.flatMap((each) =>
    each.sample.power_watts === null
      ? []
      : [{ atMs: (each.fromMs + each.toMs) / 2, watts: each.sample.power_watts }],
  )
  const [first, last] = [readings[0], readings.at(-1)]
  if (first === undefined || last === undefined || first.atMs > fromMs || last.atMs < toMs) return undefined
  return joulesBetween(readings, fromMs, toMs)
}

function courseOf(records: CellRecords, { fromMs, toMs }: Interval): readonly Course[] {
  const { cell, origin } = records
  const points = samplesOf(records, 'worker').flatMap(({ toMs: atMs, sample }) =>
    sample.cpu_share === null ? [] : [[atMs / 1000, sample.cpu_share] as const],
  )
  if (points.length === 0) return []
  return [
    {
      scenario,
      measure: 'cpu',
      unit: 'share',
      origin,
      factors: { ...cell.factors, role: 'worker' },
      repetition: cell.repetition,
      points,
      marks: [
        { seconds: fromMs / 1000, name: 'first request' },
        { seconds: toMs / 1000, name: 'end' },
      ],
    },
  ]
}

function isRequest(record: RawRecord): record is RawRecord & { readonly failure?: string } {
  return record.type === 'request'
}
