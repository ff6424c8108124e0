// Where a digital input does not follow the world, and at which level it stays. Pure.
import type { Level } from '../kinds.ts'
import type { StuckWindow } from '../script/board-script.ts'
import { nextEdge, windowAt, windowBegin } from './windows.ts'

export interface StuckSignal {
  /** The level of the line instead of the world's; undefined where the line follows. `worldAt` tells what it followed before. */
  readonly levelAt: (atS: number, worldAt: (atS: number) => Level) => Level | undefined
  readonly nextBoundary: (atS: number) => number
}

export function stuckSignal(windows: readonly StuckWindow[]): StuckSignal {
  return {
    levelAt: (atS, worldAt) => {
      const window = windowAt(windows, atS)
      return window === undefined ? undefined : (window.value ?? worldAt(windowBegin(window, atS)))
    },
    nextBoundary: (atS) => nextEdge(windows, atS),
  }
}
