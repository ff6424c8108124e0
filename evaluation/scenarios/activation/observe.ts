// What the record of one activation comes down to: its time, and the phases that it is made of.
import type { Observation, Observed } from '../observation.ts'
import type { CellRecords, RawRecord } from '../scenario.ts'

export interface MeasuredActivation {
  readonly activationMs: number
  readonly phasesMs?: Readonly<Record<string, number>>
  /** Pair mode: with the start of the program at the client. */
  readonly totalMs?: number
}

const pairPhases = ['connect', 'send', 'create', 'start', 'ready'] as const
const clusterPhases = ['schedule', 'create', 'start', 'ready', 'answer'] as const

/** Pure. */
export function observeActivation({ cell, origin, records }: CellRecords): Observed {
  const { factors, repetition } = cell
  const common = { scenario: 'activation', unit: 'ms', origin, repetition } as const
  const observations = records.filter(isMeasured).flatMap((measured): readonly Observation[] => [
    { ...common, measure: 'activation_time', factors, value: measured.activationMs },
    ...[...partsOf(measured, factors.mode === 'pair')].map(([phase, value]) => ({
      ...common,
      measure: 'phase_time',
      factors: { ...factors, phase },
      value,
    })),
  ])
  const failures =
    observations.length === 0
      ? [{ scenario: 'activation', factors, reason: 'the cell has no activation' }]
      : []
  return { observations, courses: [], failures }
}

/**
 * The phases as parts that make up the whole. In pair mode the client connects while it reads what to run, and asks the worker what runs there before it
 * creates anything: `connect` is what of the whole is in none of the others. In cluster mode the manager's clock ends when the instance answers it:
 * `answer` is what the client waits beyond that.
 */
function partsOf(
  { activationMs, phasesMs }: MeasuredActivation,
  isPair: boolean,
): ReadonlyMap<string, number> {
  if (phasesMs === undefined) return new Map()
  const rest = isPair ? 'connect' : 'answer'
  const names: readonly string[] = isPair ? pairPhases : clusterPhases
  const others = names.filter((name) => name !== rest)
  const sum = others.reduce((total, name) => total + (phasesMs[name] ?? 0), 0)
  return new Map(
    names.map((name) => [name, name === rest ? Math.max(0, activationMs - sum) : (phasesMs[name] ?? 0)]),
  )
}

function isMeasured(record: RawRecord): record is RawRecord & MeasuredActivation {
  return record.type === 'activation' && typeof record.activationMs === 'number'
}
