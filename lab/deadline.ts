// Waits for a condition of the outside world, never without an end.
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Asks again and again until the answer is not undefined, and gives it.
 * @param late makes the error when the time is over
 */
export async function waitFor<T>(
  ask: () => T | undefined | Promise<T | undefined>,
  { timeoutMs, signal, late }: { timeoutMs: number; signal: AbortSignal | undefined; late: () => Error },
): Promise<T> {
  const deadline = Date.now() + timeoutMs
  for (let wait = 2; ; wait = Math.min(wait * 2, 50)) {
    signal?.throwIfAborted()
    const answer = await ask()
    if (answer !== undefined) return answer
    if (Date.now() > deadline) throw late()
    await sleep(wait, undefined, signal === undefined ? {} : { signal })
  }
}
