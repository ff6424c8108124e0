// Several things at once of which each is needed: the first failure stops the others, and is told when all have ended.
import { isInterruption } from './interruption.ts'

/**
 * Starts all, and resolves with their results in order. When one fails the signal that the others were given is aborted, and only
 * when the last of them has ended it rejects: nothing is under way any more.
 */
export async function allOrFirstError<Item, Result>(
  items: readonly Item[],
  signal: AbortSignal,
  act: (item: Item, signal: AbortSignal) => Promise<Result>,
): Promise<Result[]> {
  const failed = new AbortController()
  const inner = AbortSignal.any([signal, failed.signal])
  const errors: unknown[] = []
  const settled = await Promise.allSettled(
    items.map(async (item) => {
      try {
        return await act(item, inner)
      } catch (error) {
        errors.push(error)
        failed.abort()
        throw error
      }
    }),
  )
  // Those that were stopped on account of another say only that.
  if (errors.length > 0) throw errors.find((error) => !isInterruption(error)) ?? errors[0]
  return settled.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
}
