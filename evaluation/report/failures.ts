// What failed, alike ones counted together.
import type { Observed } from '../scenarios/observation.ts'

export interface FailureCount {
  readonly scenario: string
  /** `wlan, pair, average` */
  readonly where: string
  readonly reason: string
  readonly count: number
}

export function countFailures({ failures }: Observed): readonly FailureCount[] {
  const counts = new Map<string, FailureCount>()
  for (const { scenario, factors, reason } of failures) {
    const where = Object.entries(factors)
      .map(([name, value]) => (typeof value === 'number' ? `${name} ${value}` : value))
      .join(', ')
    const key = JSON.stringify([scenario, where, reason])
    counts.set(key, { scenario, where, reason, count: (counts.get(key)?.count ?? 0) + 1 })
  }
  return [...counts.values()]
}
