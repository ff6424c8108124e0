// Puts power that was measured beside a run into the run's records, each sample's mean over its own interval. Pure.
import { basename } from 'node:path'
import type { PowerSourceInfo, TelemetryHeader, TelemetryRecord, TelemetrySample } from '../record.ts'
import type { DaqConfig } from './daq-config.ts'
import { joulesBetween, type PowerReading } from './energy.ts'

export interface PoweredRun {
  readonly records: readonly TelemetryRecord[]
  readonly samples: number
  /** Samples whose whole interval the readings reach over; the others have `null`. */
  readonly filled: number
}

/**
 * What the records said of power is replaced as a whole, and the header names the one source.
 * @param readings oldest first, by the clock of the node
 */
export function withPower(
  records: readonly TelemetryRecord[],
  readings: readonly PowerReading[],
  info: PowerSourceInfo,
): PoweredRun {
  let before: TelemetrySample | undefined
  let [samples, filled] = [0, 0]
  const powered = records.map((record): TelemetryRecord => {
    if (record.type === 'header') {
      before = undefined
      return { ...record, power: info } satisfies TelemetryHeader
    }
    // How long the interval was is by the clock that nobody sets; when it ended, by the one that the DAQ knows.
    const watts = meanWatts(readings, record.atMs, record.elapsedMs - (before?.elapsedMs ?? 0))
    before = record
    samples += 1
    if (watts !== null) filled += 1
    return { ...record, power_watts: watts }
  })
  return { records: powered, samples, filled }
}

/**
 * Over the milliseconds before a moment.
 * @returns null where the readings do not reach over all of them
 */
export function meanWatts(readings: readonly PowerReading[], atMs: number, tookMs: number): number | null {
  const [first, last] = [readings[0], readings.at(-1)]
  if (first === undefined || last === undefined || tookMs <= 0) return null
  if (first.atMs > atMs - tookMs || last.atMs < atMs) return null
  return Number((joulesBetween(readings, atMs - tookMs, atMs) / (tookMs / 1000)).toFixed(6))
}

/** @param file where its readings were read from */
export function daqInfo({ name, shuntOhms }: DaqConfig, file: string): PowerSourceInfo {
  return { name: `daq:${name}`, origin: 'measured', detail: `${basename(file)}, ${shuntOhms} Ω shunt` }
}
