// A stretch of a cell over which the samples of its hosts are averaged: its ends are records.
import { setTimeout as delay } from 'node:timers/promises'
import type { CellContext } from './scenario.ts'

/** What was done before it has ended by then, and the second it is sampled in too. */
export const settleMs = 2_000
/** A reading of power stands for the middle of its second: one from after the end of the interval has come by then. */
export const lastReadingMs = 1_600

export function waitMs(ms: number, signal: AbortSignal): Promise<void> {
  return delay(Math.max(0, ms), undefined, { signal })
}

/** Begins and ends the interval around `act`; one that throws has no end. */
export async function asInterval({ emit }: CellContext, act: () => Promise<void>): Promise<void> {
  emit({ type: 'interval', at: 'begin' })
  await act()
  emit({ type: 'interval', at: 'end' })
}
