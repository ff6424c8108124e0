// Builders: the records that a cell leaves behind, with what a test cares about.
import type { HostRole } from '../../../../evaluation/hosts/evaluation-host.ts'
import type { Cell, CellRecords, RawRecord } from '../../../../evaluation/scenarios/scenario.ts'
import type { TelemetrySample } from '../../../../src/telemetry/record.ts'

const nothing: TelemetrySample = {
  type: 'sample',
  atMs: 0,
  elapsedMs: 0,
  cpu_share: null,
  cpu_user_share: null,
  cpu_system_share: null,
  cpu_wait_share: null,
  load_1min: null,
  load_5min: null,
  load_15min: null,
  memory_used_bytes: null,
  network_received_bytes_per_second: null,
  network_sent_bytes_per_second: null,
  power_watts: null,
  container_cpu_share: {},
}

/** One sample a second from 400 ms on, the first for a second that began before the cell. */
export function samplesEachSecond(
  role: HostRole,
  values: readonly Partial<TelemetrySample>[],
): readonly RawRecord[] {
  return values.map((value, index) => ({
    type: 'sample',
    elapsed_ms: 400 + index * 1000,
    host: role,
    role,
    sample: { ...nothing, atMs: 1_000_000 + index * 1000, elapsedMs: 70_000 + index * 1000, ...value },
  }))
}

export function interval(fromMs: number, toMs: number): readonly RawRecord[] {
  return [
    { type: 'interval', elapsed_ms: fromMs, at: 'begin' },
    { type: 'interval', elapsed_ms: toMs, at: 'end' },
  ]
}

export function cellRecords(cell: Cell, ...records: readonly (readonly RawRecord[])[]): CellRecords {
  return {
    cell,
    origin: 'emulated',
    powerOrigin: { manager: 'modelled', worker: 'modelled' },
    records: records.flat().toSorted((a, b) => a.elapsed_ms - b.elapsed_ms),
  }
}
