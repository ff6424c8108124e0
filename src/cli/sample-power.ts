// `shoal sample power`: a run that was recorded, with the power that a DAQ measured meanwhile.
import { readFile } from 'node:fs/promises'
import { ShoalError } from '../model/errors.ts'
import { daqInvalid, parseDaqConfig } from '../telemetry/power/daq-config.ts'
import { parseDaqCsv } from '../telemetry/power/daq-csv.ts'
import { daqInfo, withPower } from '../telemetry/power/power-afterwards.ts'
import { parseRecord, renderRecord, type TelemetryRecord } from '../telemetry/record.ts'
import type { Io } from './io.ts'

export interface SamplePowerFlags {
  readonly daq: string
  readonly config: string
  readonly replace?: true
}

/** @throws ShoalError FILE_UNREADABLE, DAQ_INVALID, RECORDS_INVALID, POWER_MIXED */
export async function samplePower(io: Io, run: string, flags: SamplePowerFlags): Promise<void> {
  const config = parseDaqConfig(await read(flags.config), flags.config)
  const records = parseRun(await read(run), run)
  const other = records.find((record) => record.type === 'header' && record.power !== undefined)
  if (other?.type === 'header' && other.power !== undefined && flags.replace === undefined) {
    throw new ShoalError('POWER_MIXED', {
      action: 'add',
      object: 'the power of a DAQ',
      place: run,
      reason: `its power is ${other.power.origin} already, by ${other.power.name}`,
      nextStep: '--replace puts the measured power in its place',
    })
  }
  const readings = parseDaqCsv(await read(flags.daq), config, flags.daq)
  const powered = withPower(records, readings, daqInfo(config, flags.daq))
  if (powered.filled === 0) throw daqInvalid(flags.daq, nothingMeets(records, readings))
  for (const record of powered.records) io.out(renderRecord(record))
  io.err(`power of ${powered.filled} of ${powered.samples} samples\n`)
}

function parseRun(text: string, place: string): readonly TelemetryRecord[] {
  const lines = text.split('\n')
  const records = lines.flatMap((line, index) => {
    if (line.trim() === '') return []
    const record = parseRecord(line)
    if (record !== undefined) return [record]
    // A sampler that was killed may have written half a line.
    if (index === lines.length - 1) return []
    throw recordsInvalid(place, `line ${index + 1} is no record of shoal sample`)
  })
  if (records[0]?.type !== 'header') throw recordsInvalid(place, 'it does not begin with a header')
  return records
}

function recordsInvalid(place: string, reason: string): ShoalError {
  return new ShoalError('RECORDS_INVALID', {
    action: 'read',
    object: 'a run',
    place,
    reason,
    nextStep: 'name a file that shoal sample wrote without --csv',
  })
}

function nothingMeets(
  records: readonly TelemetryRecord[],
  readings: readonly { readonly atMs: number }[],
): string {
  const samples = records.filter((record) => record.type === 'sample')
  const span = (moments: readonly { readonly atMs: number }[]): string =>
    moments.length === 0
      ? 'has none'
      : `from ${moment(moments[0]?.atMs ?? 0)} to ${moment(moments.at(-1)?.atMs ?? 0)}`
  return `its readings reach over no sample: they are ${span(readings)}, the samples ${span(samples)}; check startedAt and its zone`
}

/** One that no calendar has stays a number. */
function moment(atMs: number): string {
  return Math.abs(atMs) <= 8.64e15 ? new Date(atMs).toISOString() : String(atMs)
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new ShoalError('FILE_UNREADABLE', {
      action: 'read',
      object: file,
      reason: error instanceof Error ? error.message : String(error),
      cause: error,
    })
  }
}
