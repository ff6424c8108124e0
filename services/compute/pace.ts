// Runs long work in slices, so that the server answers others in between.
import { setImmediate as nextTurn } from 'node:timers/promises'

/** How long others may have to wait for their turn. The usual request is done within the first slice. */
const sliceMs = 5
/** Reading the clock costs as much as some comparisons: it is read once in so many. */
const workBetweenClockReads = 20_000

/**
 * Drives `steps` to its end. Each step yields the amount of work it has done (comparisons).
 * @throws the signal's reason as soon as the slice at hand is over.
 */
export async function runPaced<Result>(
  steps: Generator<number, Result>,
  signal: AbortSignal,
): Promise<Result> {
  let work = 0
  let sliceEnd = performance.now() + sliceMs
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done === true) return step.value
    work += step.value
    if (work < workBetweenClockReads) continue
    work = 0
    if (performance.now() < sliceEnd) continue
    await nextTurn()
    signal.throwIfAborted()
    sliceEnd = performance.now() + sliceMs
  }
}
