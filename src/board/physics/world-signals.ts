// The two digital signals of the world: a flame, and noise as a comparator hears it. Pure.
import type { SoundWorld } from '../script/board-script.ts'
import type { DigitalSignal } from './digital-signal.ts'
import { chance } from './noise.ts'
import { nextEdge, type Window, windowAt, windowBegin } from './windows.ts'

/** 1 in a window, 0 out of it. */
export function windowSignal(windows: readonly Window[]): DigitalSignal {
  return {
    levelAt: (atS) => (windowAt(windows, atS) === undefined ? 0 : 1),
    nextBoundary: (atS) => nextEdge(windows, atS),
  }
}

/** Share of the moments of a burst in which it is loud enough. */
const loudness = 0.5

/** Quiet is 0; in a burst the level goes up and down as chance has it, and is 1 at the burst's beginning. */
export function soundSignal(
  { bursts, random, changesHz }: SoundWorld,
  seed: number,
  name: string,
): DigitalSignal {
  const stepS = 1 / changesHz
  const randomBurst = (turn: number): Window | undefined => {
    if (random === undefined || turn < 0) return undefined
    const everyS = 60 / random.perMinute
    const spare = everyS - random.lastsS
    const fromS = turn * everyS + spare * chance(seed, `${name} burst`, turn)
    return { fromS, toS: fromS + random.lastsS }
  }
  const near = (atS: number): readonly Window[] => {
    if (random === undefined) return bursts
    const turn = Math.floor((atS * random.perMinute) / 60)
    const found = [turn - 1, turn, turn + 1, turn + 2].flatMap((one) => randomBurst(one) ?? [])
    return [...bursts, ...found]
  }
  /** How many steps a burst that holds a second is old, so that the sums of a boundary and of the level at it agree. */
  const stepOf = (beginS: number, atS: number): number => {
    let step = Math.floor((atS - beginS) / stepS) + 1
    while (beginS + step * stepS > atS) step -= 1
    return step
  }
  return {
    levelAt: (atS) => {
      const window = windowAt(near(atS), atS)
      if (window === undefined) return 0
      const beginS = windowBegin(window, atS)
      const step = stepOf(beginS, atS)
      return step === 0 || chance(seed, name, Math.round(beginS / stepS) + step) < loudness ? 1 : 0
    },
    nextBoundary: (atS) => {
      const windows = near(atS)
      const edge = nextEdge(windows, atS)
      const window = windowAt(windows, atS)
      if (window === undefined) return edge
      const beginS = windowBegin(window, atS)
      return Math.min(edge, beginS + (stepOf(beginS, atS) + 1) * stepS)
    },
  }
}
