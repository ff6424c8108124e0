// What a run of the sensing measurement says, one row a mode and capability: pure function of its samples.
import { percentile, type SortedSamples, sortSamples } from '../samples.ts'
import type { PaperCapability, SensingMode } from './plan.ts'
import type { RequestRecord, SensingRecord } from './records.ts'
import { summarizeValues } from './values-seen.ts'

export interface SensingRow {
  readonly mode: SensingMode
  readonly capability: PaperCapability
  /** PUT on, GETs, PUT off. */
  readonly requests: number
  /** Without an answer, or with one of 4.xx or 5.xx. */
  readonly failures: number
  /** Of the GETs that were answered with 2.xx; undefined where there are none. */
  readonly medianMs: number | undefined
  readonly percentile95Ms: number | undefined
  /** From the start of the command to its end, the image being there. */
  readonly activationMs: number | undefined
  /** CPU time of the instance's cgroup, until PUT on. */
  readonly startCpuSeconds: number | undefined
  /** From then until after PUT off. */
  readonly cpuSeconds: number | undefined
  /** What the GETs were answered with: `humidity 57.9 to 63.1 %RH`, `flame 20 × false, 4 × true`. */
  readonly values: string
}

/** In the order of the run. */
export function tabulateSensing(records: readonly SensingRecord[]): readonly SensingRow[] {
  const counted = records.filter((record) => record.type !== 'activation' || !record.isFirst)
  const rows = Map.groupBy(counted, ({ mode, capability }) => `${mode} ${capability}`)
  return [...rows.values()].map(tabulateOne)
}

function tabulateOne(records: readonly SensingRecord[]): SensingRow {
  const [first] = records
  if (first === undefined) throw new RangeError('no records')
  const requests = records.filter((record) => record.type === 'request')
  const gets = requests.filter((request) => request.method === 'GET' && isAnswered(request))
  const times = gets.flatMap(({ responseTimeMs }) => (responseTimeMs === undefined ? [] : [responseTimeMs]))
  const sorted: SortedSamples | undefined = times.length === 0 ? undefined : sortSamples(times)
  const cpu = records.filter((record) => record.type === 'cpu')
  const before = cpu.find(({ when }) => when === 'before')?.seconds
  const after = cpu.find(({ when }) => when === 'after')?.seconds
  return {
    mode: first.mode,
    capability: first.capability,
    requests: requests.length,
    failures: requests.filter((request) => !isAnswered(request)).length,
    medianMs: sorted && percentile(sorted, 0.5),
    percentile95Ms: sorted && percentile(sorted, 0.95),
    activationMs: records.find((record) => record.type === 'activation')?.ms,
    startCpuSeconds: before,
    cpuSeconds: before === undefined || after === undefined ? undefined : after - before,
    values: summarizeValues(gets.flatMap(({ payload }) => (payload === undefined ? [] : [payload]))),
  }
}

function isAnswered({ code }: RequestRecord): boolean {
  return code?.startsWith('2.') === true
}
