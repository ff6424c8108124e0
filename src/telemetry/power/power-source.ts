// Where power comes from: measured by something, or reckoned by a model. Each says which; nothing mixes them.
import type { PowerSourceInfo } from '../record.ts'

export interface PowerSource {
  readonly info: PowerSourceInfo
  /**
   * Watts now, or over the time since the last call.
   * @param cpuShare of all CPUs of the node over that time, for models; null where it is not known
   * @returns null where it cannot be known at this moment
   */
  readonly read: (cpuShare: number | null, signal: AbortSignal) => Promise<number | null>
  readonly stop: () => Promise<void>
}
