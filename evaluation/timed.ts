// How long something took, and what came of it.

export async function timed(
  act: () => Promise<string>,
): Promise<{ readonly output: string; readonly ms: number }> {
  const startedAt = performance.now()
  const output = await act()
  return { output, ms: performance.now() - startedAt }
}
