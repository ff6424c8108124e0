// What the record of one activation comes down to: its time, and the phases that it is made of.
import type { Observation, Observed } from '../observation.ts'
import type { CellRecords, RawRecord } from '../scenario.ts'

export interface MeasuredActivation {
  /** Pair mode: from when the Compose file has been read, which the connection does not wait for; cluster mode: all that the client waits. */
  readonly activationMs: number
  readonly phasesMs?: Readonly<Record<string, number>>
  /** Pair mode: with the start of the program at the client. */
  readonly totalMs?: number
}

const pairPhases = ['connect', 'send', 'create', 'start', 'ready'] as const
const managerPhases = ['schedule', 'create', 'start', 'ready'] as const

/** Pure. */
export function observeActivation({ cell, origin, records }: CellRecords): Observed {
  const { factors, repetition } = cell
  const common = { scenario: 'activation', unit: 'ms', origin, repetition } as const
  const observations = records.filter(isMeasured).flatMap((measured): readonly Observation[] => {
    const isPair = factors.mode === 'pair'
    const parts = isPair ? pairParts(measured) : clusterParts(measured)
    const value = isPair ? sum(parts.values()) : measured.activationMs
    if (value === 0) return []
    return [
      { ...common, measure: 'activation_time', factors, value },
      ...[...parts].map(([phase, ms]) => ({
        ...common,
        measure: 'phase_time',
        factors: { ...factors, phase },
        value: ms,
      })),
    ]
  })
  const failures =
    observations.length === 0
      ? [{ scenario: 'activation', factors, reason: 'the cell has no activation' }]
      : []
  return { observations, courses: [], failures }
}

/**
 * The phases as they were recorded: their sum is the whole. `activationMs` is not: it leaves out what of the connection was made while the Compose
 * file was read, a third to a half of it.
 */
function pairParts({ phasesMs = {} }: MeasuredActivation): ReadonlyMap<string, number> {
  return new Map(pairPhases.flatMap((name) => (phasesMs[name] === undefined ? [] : [[name, phasesMs[name]]])))
}

/** The manager's clock ends when the instance answers it: `answer` is what the client waits beyond that. */
function clusterParts({ activationMs, phasesMs }: MeasuredActivation): ReadonlyMap<string, number> {
  if (phasesMs === undefined) return new Map()
  const parts = managerPhases.map((name) => [name, phasesMs[name] ?? 0] as const)
  const answer = activationMs - sum(parts.map(([, ms]) => ms))
  return new Map<string, number>([...parts, ['answer', Math.max(0, answer)]])
}

function sum(values: Iterable<number>): number {
  return [...values].reduce((total, value) => total + value, 0)
}

function isMeasured(record: RawRecord): record is RawRecord & MeasuredActivation {
  return record.type === 'activation' && typeof record.activationMs === 'number'
}
