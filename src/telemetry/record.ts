// What a sampler writes: one header, then a sample a line, each name with its unit. Newline-delimited JSON.
import * as z from 'zod/mini'

/** Where figures come from: a whole machine, or a part of one that stands for a machine of its own. */
export type SourceKind = 'machine' | 'cgroup'

export type PowerOrigin = 'measured' | 'modelled'

export interface PowerSourceInfo {
  readonly name: string
  readonly origin: PowerOrigin
  /** What it reads or reckons with: a file, an address, a board's model. */
  readonly detail: string
}

export interface TelemetryHeader {
  readonly type: 'header'
  readonly version: 1
  readonly node: string
  readonly kernel: string
  /** Of the Docker Engine; undefined where none answers. */
  readonly engine?: string | undefined
  readonly nodeVersion: string
  /** Those that the node may use; a fraction where it has a quota. */
  readonly cpus: number
  /** What `atMs` is by: `realtime` with the offset of the monotonic clock at the start, so that a step of the clock shows. */
  readonly clock: 'realtime'
  readonly source: SourceKind
  readonly power?: PowerSourceInfo | undefined
  readonly intervalMs: number
  readonly startedAt: string
}

/** Over the interval that ends with it; `null` where it cannot be known. */
export interface TelemetrySample {
  readonly type: 'sample'
  /** Milliseconds since 1970 by the node's clock. */
  readonly atMs: number
  /** Milliseconds since the start by a clock that is never set. */
  readonly elapsedMs: number
  /** Milliseconds from the end of the interval until it was handed on: a plug that is asked for power takes its time. */
  readonly emittedAfterMs?: number | undefined
  /** Of all CPUs together, 0 to 1: user, system, iowait apart. */
  readonly cpu_share: number | null
  readonly cpu_user_share: number | null
  readonly cpu_system_share: number | null
  readonly cpu_wait_share: number | null
  readonly load_1min: number | null
  readonly load_5min: number | null
  readonly load_15min: number | null
  readonly memory_used_bytes: number | null
  readonly network_received_bytes_per_second: number | null
  readonly network_sent_bytes_per_second: number | null
  readonly power_watts: number | null
  /** By container name, of all CPUs together, 0 to 1. */
  readonly container_cpu_share: Readonly<Record<string, number>>
}

export type TelemetryRecord = TelemetryHeader | TelemetrySample

const number = z.nullable(z.number())
const sample = z.object({
  type: z.literal('sample'),
  atMs: z.number(),
  elapsedMs: z.number(),
  emittedAfterMs: z.optional(z.number()),
  cpu_share: number,
  cpu_user_share: number,
  cpu_system_share: number,
  cpu_wait_share: number,
  load_1min: number,
  load_5min: number,
  load_15min: number,
  memory_used_bytes: number,
  network_received_bytes_per_second: number,
  network_sent_bytes_per_second: number,
  power_watts: number,
  container_cpu_share: z.record(z.string(), z.number()),
})
const header = z.object({
  type: z.literal('header'),
  version: z.literal(1),
  node: z.string(),
  kernel: z.string(),
  engine: z.optional(z.string()),
  nodeVersion: z.string(),
  cpus: z.number(),
  clock: z.literal('realtime'),
  source: z.enum(['machine', 'cgroup']),
  power: z.optional(
    z.object({ name: z.string(), origin: z.enum(['measured', 'modelled']), detail: z.string() }),
  ),
  intervalMs: z.number(),
  startedAt: z.string(),
})

export function renderRecord(record: TelemetryRecord): string {
  return `${JSON.stringify(record)}\n`
}

/** @returns undefined for a line that is no record: the last line of a sampler that was killed may be half */
export function parseRecord(line: string): TelemetryRecord | undefined {
  try {
    return z.union([header, sample]).parse(JSON.parse(line))
  } catch {
    return undefined
  }
}
