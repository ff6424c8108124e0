// Takes a sample at every full interval, without drifting, and hands each on at once.
import { pause } from '../model/pause.ts'
import type { NodeLook, NodeSource } from './node-look.ts'
import type { PowerSource } from './power/power-source.ts'
import type { TelemetrySample } from './record.ts'

export interface SamplerOptions {
  readonly source: NodeSource
  readonly power: PowerSource | undefined
  readonly cpus: number
  readonly intervalMs: number
  readonly onSample: (sample: TelemetrySample) => void
  /** Milliseconds, monotonic. */
  readonly now: () => number
  /** Milliseconds since 1970. */
  readonly wallMs: () => number
}

/** Until the signal comes. A look that takes longer than the interval leaves samples out; it never makes two at once. */
export async function runSampler(options: SamplerOptions, stop: AbortSignal): Promise<void> {
  const { source, power, cpus, intervalMs, onSample, now, wallMs } = options
  const startMs = now()
  let before = source.look(startMs)
  // A counter of energy counts from here, not from whenever it was opened.
  await power?.read(null, stop)
  for (let dueMs = startMs + intervalMs; !stop.aborted; ) {
    await pause(Math.ceil(dueMs - now()), stop)
    if (stop.aborted) return
    // A timer may come a little early.
    if (now() < dueMs) continue
    const look = source.look(now())
    const atMs = wallMs()
    const watts = power === undefined ? null : await power.read(look.cpu.all, stop)
    onSample({
      ...sampleOf(before, look, cpus),
      atMs,
      elapsedMs: round(look.atMs - startMs),
      emittedAfterMs: round(now() - look.atMs),
      power_watts: watts,
    })
    before = look
    while (dueMs <= now()) dueMs += intervalMs
  }
}

function sampleOf(
  before: NodeLook,
  look: NodeLook,
  cpus: number,
): Omit<TelemetrySample, 'atMs' | 'elapsedMs' | 'emittedAfterMs' | 'power_watts'> {
  const seconds = (look.atMs - before.atMs) / 1000
  const rate = (now: number | null, earlier: number | null): number | null =>
    now === null || earlier === null || now < earlier || seconds <= 0 ? null : (now - earlier) / seconds
  const containers = Object.entries(look.containerCpuUs).flatMap(([name, usedUs]) => {
    const earlierUs = before.containerCpuUs[name]
    if (earlierUs === undefined || usedUs < earlierUs || seconds <= 0) return []
    return [[name, round((usedUs - earlierUs) / (seconds * 1e6 * cpus), 6)] as const]
  })
  const [one = null, five = null, fifteen = null] = look.load ?? []
  return {
    type: 'sample',
    cpu_share: rounded(look.cpu.all),
    cpu_user_share: rounded(look.cpu.user),
    cpu_system_share: rounded(look.cpu.system),
    cpu_wait_share: rounded(look.cpu.wait),
    load_1min: rounded(one),
    load_5min: rounded(five),
    load_15min: rounded(fifteen),
    memory_used_bytes: look.memoryBytes,
    network_received_bytes_per_second: rounded(rate(look.receivedBytes, before.receivedBytes)),
    network_sent_bytes_per_second: rounded(rate(look.sentBytes, before.sentBytes)),
    container_cpu_share: Object.fromEntries(containers),
  }
}

function rounded(value: number | null): number | null {
  return value === null ? null : round(value, 6)
}

function round(value: number, digits = 3): number {
  return Number(value.toFixed(digits))
}
