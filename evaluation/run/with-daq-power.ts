// A run with the power that a DAQ measured beside it, in place of what its hosts' samplers said of power. Pure; the run's records stay as they are.
import { ShoalError } from '../../src/model/errors.ts'
import type { PowerReading } from '../../src/telemetry/power/energy.ts'
import { meanWatts } from '../../src/telemetry/power/power-afterwards.ts'
import type { PowerSourceInfo, TelemetrySample } from '../../src/telemetry/record.ts'
import type { RawRecord } from '../scenarios/scenario.ts'
import type { Run } from './run.ts'

export interface DaqPower {
  /** Whose power it is. */
  readonly host: string
  /** Names the readings in errors: their file. */
  readonly place: string
  /** Oldest first, in milliseconds since 1970 by the clock of the host. */
  readonly readings: readonly PowerReading[]
  readonly info: PowerSourceInfo
}

/** @throws ShoalError DAQ_INVALID where the run has no such host; `records` throws it where the readings do not reach over a sample */
export function withDaqPower(run: Run, daqs: readonly DaqPower[]): Run {
  for (const daq of daqs) {
    const hosts = [...new Set(run.hosts.flat().map(({ name }) => name))]
    if (run.facts.kind === 'lab')
      throw unfit(daq, `${run.folder} was taken in a lab, whose hosts share one machine`)
    if (!hosts.includes(daq.host))
      throw unfit(daq, `${run.folder} has no host ${daq.host}, but ${hosts.join(', ') || 'none at all'}`)
  }
  return {
    ...run,
    hosts: run.hosts.map((stage) =>
      stage.map((facts) => {
        const daq = daqs.find(({ host }) => host === facts.name)
        return daq === undefined ? facts : { ...facts, power: daq.info }
      }),
    ),
    records: (cell) => daqs.reduce((records, daq) => powered(records, daq, cell.id), run.records(cell)),
  }
}

function powered(records: readonly RawRecord[], daq: DaqPower, cell: string): readonly RawRecord[] {
  let before: TelemetrySample | undefined
  return records.map((record) => {
    if (record.type !== 'sample' || record.host !== daq.host) return record
    const sample = record.sample as TelemetrySample
    const tookMs = sample.elapsedMs - (before?.elapsedMs ?? Number.NaN)
    before = sample
    return { ...record, sample: { ...sample, power_watts: wattsOf(sample.atMs, tookMs, daq, cell) } }
  })
}

/** Of the first sample of a cell or of a sampler it is not known how long it is over. */
function wattsOf(atMs: number, tookMs: number, daq: DaqPower, cell: string): number | null {
  if (!(tookMs > 0)) return null
  const watts = meanWatts(daq.readings, atMs, tookMs)
  if (watts !== null) return watts
  const [first, last] = [daq.readings[0], daq.readings.at(-1)]
  throw unfit(
    daq,
    `its readings are from ${moment(first?.atMs)} to ${moment(last?.atMs)}, but ${cell} has a sample of ${daq.host} from ${moment(atMs - tookMs)} to ${moment(atMs)}; check startedAt and its zone`,
  )
}

/** One that no calendar has stays a number. */
function moment(atMs = Number.NaN): string {
  return Math.abs(atMs) <= 8.64e15 ? new Date(atMs).toISOString() : String(atMs)
}

function unfit({ host, place }: DaqPower, reason: string): ShoalError {
  return new ShoalError('DAQ_INVALID', {
    action: 'put',
    object: `the power of ${host} that a DAQ measured into a report`,
    place,
    reason,
    nextStep: 'name a file that was recorded during the whole run: --daq HOST=FILE',
  })
}
