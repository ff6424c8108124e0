// What a scenario of scale records and what it comes down to: times, requests, and an interval in which nothing is asked of a host.
import type { HostRole } from '../hosts/evaluation-host.ts'
import { median, sortSamples } from '../samples.ts'
import { intervalOf, meanOf, samplesOf, within } from './host-samples.ts'
import type { Factors, Observation, Observed } from './observation.ts'
import type { CellRecords, RawRecord } from './scenario.ts'

/**
 * A number of a record, such as `activationMs` of `{type: 'activation'}`; those of a type come in their order.
 * @param factorsOf what a record says of itself beside the cell's factors
 */
export function timesOf(
  { cell, origin, records }: CellRecords,
  type: string,
  key: string,
  measure: string,
  factorsOf: (record: RawRecord) => Factors = () => ({}),
): readonly Observation[] {
  const { scenario, repetition } = cell
  return records.flatMap((record) => {
    const value = record.type === type ? record[key] : undefined
    if (typeof value !== 'number') return []
    const factors = { ...cell.factors, ...factorsOf(record) }
    return [{ scenario, measure, unit: 'ms' as const, origin, factors, repetition, value }]
  })
}

/** One value a cell, the median of the requests that were answered: those to one instance hang together by it, and are no independent values. */
export function typicalResponseOf(records: CellRecords): readonly Observation[] {
  const times = timesOf(records, 'request', 'responseTimeMs', 'response_time')
  const [first] = times
  return first === undefined
    ? []
    : [{ ...first, value: median(sortSamples(times.map(({ value }) => value))) }]
}

/** CPU and memory of the first host in the role, means over the interval. @param factors of these observations */
export function idleOf(records: CellRecords, role: HostRole, factors: Factors): readonly Observation[] {
  const { cell, origin } = records
  const { scenario, repetition } = cell
  const interval = intervalOf(records)
  const samples = interval === undefined ? [] : within(samplesOf(records, role), interval)
  const common = { scenario, origin, factors, repetition } as const
  const [cpu, memory] = [meanOf(samples, 'cpu_share'), meanOf(samples, 'memory_used_bytes')]
  return [
    ...(cpu === undefined ? [] : [{ ...common, measure: 'cpu', unit: 'share' as const, value: cpu }]),
    ...(memory === undefined
      ? []
      : [{ ...common, measure: 'memory', unit: 'bytes' as const, value: memory }]),
  ]
}

/** Requests without an answer, and measures that the cell should have and has not. */
export function failuresOf(
  { cell, records }: CellRecords,
  observations: readonly Observation[],
  measures: readonly string[],
): Observed['failures'] {
  const { scenario, factors } = cell
  const unanswered = records.flatMap((record) =>
    record.type === 'request' && typeof record.failure === 'string'
      ? [{ scenario, factors, reason: record.failure }]
      : [],
  )
  const missing = measures
    .filter((measure) => !observations.some((each) => each.measure === measure))
    .map((measure) => ({ scenario, factors, reason: `the cell has no ${measure}` }))
  return [...unanswered, ...missing]
}
