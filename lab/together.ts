// Runs tasks side by side; the first failure stops the others, and nothing goes on in the background after the return.

/** Resolves when all are done. Otherwise stops those under way, waits for them, and throws the first failure. */
export async function together(
  tasks: readonly ((signal: AbortSignal) => Promise<void>)[],
  signal: AbortSignal,
): Promise<void> {
  const failed = new AbortController()
  const both = AbortSignal.any([signal, failed.signal])
  const failures: unknown[] = []
  await Promise.all(
    tasks.map(async (task) => {
      try {
        await task(both)
      } catch (error) {
        failures.push(error)
        failed.abort(error)
      }
    }),
  )
  signal.throwIfAborted()
  if (failures.length > 0) throw failures[0]
}
