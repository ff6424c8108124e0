// What the hosts' samplers said while a cell ran, by role, and their mean over an interval of it.

import type { TelemetrySample } from '../../src/telemetry/record.ts'
import type { HostRole } from '../hosts/evaluation-host.ts'
import type { CellRecords, RawRecord, SampleRecord } from './scenario.ts'

/** A sample with the time that it is over, by the clock of the cell. */
export interface TimedSample {
  readonly host: string
  readonly fromMs: number
  readonly toMs: number
  readonly sample: TelemetrySample
}

export interface Interval {
  readonly fromMs: number
  readonly toMs: number
}

/** What one sampler tells; null where it cannot be known. */
export type Quantity = 'cpu_share' | 'power_watts' | 'memory_used_bytes'

/** Of the first host in this role, in order. Its very first sample is left out: how long it is over is not known. */
export function samplesOf({ records }: CellRecords, role: HostRole): readonly TimedSample[] {
  const ofRole = records.filter((record) => isSample(record, role)) as unknown as readonly SampleRecord[]
  const [host] = [...new Set(ofRole.map((record) => record.host))].sort()
  const ofHost = ofRole.filter((record) => record.host === host)
  return ofHost.slice(1).flatMap((record, index) => {
    const lengthMs = record.sample.elapsedMs - (ofHost[index]?.sample.elapsedMs ?? Number.NaN)
    // A sampler that was started again counts from nothing: how long its first sample is over is not known either.
    if (lengthMs <= 0) return []
    const toMs = record.elapsed_ms - (record.sample.emittedAfterMs ?? 0)
    return [{ host: record.host, fromMs: toMs - lengthMs, toMs, sample: record.sample }]
  })
}

/** Those that are over no time outside the interval: the second in which it begins counts as little as the one in which it ends. */
export function within(samples: readonly TimedSample[], { fromMs, toMs }: Interval): readonly TimedSample[] {
  return samples.filter((sample) => sample.fromMs >= fromMs && sample.toMs <= toMs)
}

/** Those that are over some time of the interval. */
export function touching(
  samples: readonly TimedSample[],
  { fromMs, toMs }: Interval,
): readonly TimedSample[] {
  return samples.filter((sample) => sample.toMs > fromMs && sample.fromMs < toMs)
}

/** Each weighs as long as it is. Undefined where nothing tells the quantity. */
export function meanOf(samples: readonly TimedSample[], quantity: Quantity): number | undefined {
  let [sum, ms] = [0, 0]
  for (const { fromMs, toMs, sample } of samples) {
    const value = sample[quantity]
    if (value === null) continue
    sum += value * (toMs - fromMs)
    ms += toMs - fromMs
  }
  return ms > 0 ? sum / ms : undefined
}

/** Undefined where nothing tells the quantity. */
export function highestOf(samples: readonly TimedSample[], quantity: Quantity): number | undefined {
  const values = samples.flatMap(({ sample }) => sample[quantity] ?? [])
  return values.length === 0 ? undefined : Math.max(...values)
}

/** Between the records `{type: 'interval', at: 'begin'}` and `at: 'end'`. Undefined where either is missing. */
export function intervalOf({ records }: CellRecords): Interval | undefined {
  const at = (end: string) => records.find((record) => record.type === 'interval' && record.at === end)
  const [begin, end] = [at('begin'), at('end')]
  return begin === undefined || end === undefined
    ? undefined
    : { fromMs: begin.elapsed_ms, toMs: end.elapsed_ms }
}

function isSample(record: RawRecord, role: HostRole): boolean {
  return record.type === 'sample' && record.role === role
}
