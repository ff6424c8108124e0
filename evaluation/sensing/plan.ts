// The paper's measurement of sensors and actuators (§V.A): what is asked, how often, for how long.

/** Pair mode over SSH, and cluster mode on Swarm. */
export const sensingModes = ['pair', 'cluster'] as const

export type SensingMode = (typeof sensingModes)[number]

/** The paper's three actuators and four sensors, in its order. */
export const paperCapabilities = [
  'laser',
  'active-buzzer',
  'passive-buzzer',
  'sound',
  'light',
  'flame',
  'humidity',
] as const

export type PaperCapability = (typeof paperCapabilities)[number]

/** How each capability is measured. */
export interface SensingPlan {
  readonly modes: readonly SensingMode[]
  readonly capabilities: readonly PaperCapability[]
  /** From the first GET to PUT off. */
  readonly forMs: number
  /** From one GET to the next, whether the first is answered by then or not. */
  readonly everyMs: number
  /** Longest wait for one answer. */
  readonly deadlineMs: number
}

/** The GETs of one capability: one at the start and one each `everyMs` before the end. */
export function countGets({ forMs, everyMs }: Pick<SensingPlan, 'forMs' | 'everyMs'>): number {
  return Math.ceil(forMs / everyMs)
}

/** Emulated hosts on a quiet machine with 2 cores: lab and image, then per mode the way to the first activation, then per capability. */
const labMs = 20_000
const modeMs: Readonly<Record<SensingMode, number>> = { pair: 10_000, cluster: 30_000 }
const capabilityMs: Readonly<Record<SensingMode, number>> = { pair: 4_000, cluster: 7_000 }

/** How long a run takes on a quiet machine. */
export function expectedMs({ modes, capabilities, forMs }: SensingPlan): number {
  return modes.reduce(
    (sum, mode) => sum + modeMs[mode] + capabilities.length * (capabilityMs[mode] + forMs),
    labMs,
  )
}

/**
 * What is left of a run, from how long its capabilities have taken so far.
 * @param doneMs of each capability that was measured, in either mode, from its activation to its removal
 * @param currentMs of the one that is being measured
 */
export function leftMs(plan: SensingPlan, doneMs: readonly number[], currentMs: number): number {
  const { modes, capabilities, forMs } = plan
  const total = modes.length * capabilities.length
  const guess = forMs + Math.max(...modes.map((mode) => capabilityMs[mode]))
  const each = doneMs.length === 0 ? guess : doneMs.reduce((sum, ms) => sum + ms, 0) / doneMs.length
  const begun = Math.floor(doneMs.length / capabilities.length) + 1
  const beforeOthers = modes.slice(begun).reduce((sum, mode) => sum + modeMs[mode], 0)
  return Math.max(0, (total - doneMs.length) * each - Math.min(currentMs, each)) + beforeOthers
}
