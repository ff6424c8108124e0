// Spans of simulated time, once or again and again. Pure.

export interface Window {
  readonly fromS: number
  /** Not part of it; infinity where it has no end. */
  readonly toS: number
  /** From one beginning to the next; undefined for once. At least as long as the window. */
  readonly everyS?: number | undefined
}

export function isWithin(window: Window, atS: number): boolean {
  const { fromS, toS, everyS } = window
  if (atS < fromS) return false
  return atS < (everyS === undefined ? toS : endAfter(windowBegin(window, atS), window))
}

/** The first that holds a second. */
export function windowAt<Some extends Window>(windows: readonly Some[], atS: number): Some | undefined {
  return windows.find((window) => isWithin(window, atS))
}

/** When the window that holds a second began. */
export function windowBegin(window: Window, atS: number): number {
  const { fromS, everyS } = window
  return everyS === undefined ? fromS : fromS + turnAt(window, everyS, atS) * everyS
}

/** The first beginning or end after a second; infinity where there is none. */
export function nextEdge(windows: readonly Window[], atS: number): number {
  return windows.reduce((least, window) => Math.min(least, nextEdgeOf(window, atS)), Number.POSITIVE_INFINITY)
}

function nextEdgeOf(window: Window, atS: number): number {
  const { fromS, toS, everyS } = window
  if (atS < fromS) return fromS
  if (everyS === undefined) return atS < toS ? toS : Number.POSITIVE_INFINITY
  const turn = turnAt(window, everyS, atS)
  const end = endAfter(fromS + turn * everyS, window)
  return end > atS ? end : fromS + (turn + 1) * everyS
}

/** Which turn a second belongs to, so that the sums by which others compute its bounds agree to the last bit. */
function turnAt({ fromS }: Window, everyS: number, atS: number): number {
  let turn = Math.floor((atS - fromS) / everyS) + 1
  while (fromS + turn * everyS > atS) turn -= 1
  return turn
}

function endAfter(beginS: number, { fromS, toS }: Window): number {
  return beginS + (toS - fromS)
}
