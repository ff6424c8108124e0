// Waiting for what happens elsewhere, without sleeping for a guess.
import { setTimeout as delay } from 'node:timers/promises'

/** Resolves when the condition holds; fails, with what was waited for, when it does not within the deadline. */
export async function until(what: string, condition: () => boolean, deadlineMs = 10_000): Promise<void> {
  const endMs = performance.now() + deadlineMs
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(`not within ${deadlineMs} ms: ${what}`)
    await delay(2)
  }
}
