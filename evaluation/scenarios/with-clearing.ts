// Something is done and cleared up after, whatever happens: the first failure is the one that is told.

const clearLimitMs = 60_000

/** @param clear has a signal of its own: it goes on when the campaign is stopped */
export async function withClearing<T>(
  act: () => Promise<T>,
  clear: (signal: AbortSignal) => Promise<void>,
): Promise<T> {
  let result: T
  try {
    result = await act()
  } catch (error) {
    await clear(AbortSignal.timeout(clearLimitMs)).catch(() => {})
    throw error
  }
  await clear(AbortSignal.timeout(clearLimitMs))
  return result
}
