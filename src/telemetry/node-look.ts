// One look at a node: counters that only grow, and what holds at this moment. What lies between two looks is a sample.
import type { SourceKind } from './record.ts'

export interface NodeLook {
  /** Milliseconds, monotonic. */
  readonly atMs: number
  /** Of all CPUs together, as shares of the time since the look before; null at the first. */
  readonly cpu: CpuShare
  readonly load: readonly [number, number, number] | null
  readonly memoryBytes: number | null
  /** Since some moment; null where they are not counted. */
  readonly receivedBytes: number | null
  readonly sentBytes: number | null
  /** By container name: microseconds since it was made. */
  readonly containerCpuUs: Readonly<Record<string, number>>
}

export interface CpuShare {
  readonly all: number | null
  readonly user: number | null
  readonly system: number | null
  readonly wait: number | null
}

export const noShare: CpuShare = { all: null, user: null, system: null, wait: null }

/** Looks at a node, and remembers what it needs for the next look. */
export interface NodeSource {
  readonly kind: SourceKind
  readonly look: (nowMs: number) => NodeLook
}
