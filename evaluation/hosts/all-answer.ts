// Whether hosts are there.
import type { EvaluationHost } from './evaluation-host.ts'

const limitMs = 15_000

/** Whether the program succeeds in every one of them within 15 s. Throws the signal's reason. */
export async function allAnswer(
  hosts: readonly Pick<EvaluationHost, 'exec'>[],
  argv: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  const answers = await Promise.all(
    hosts.map(async (host) => {
      try {
        return (await host.exec(argv, { signal, timeoutMs: limitMs })).exitCode === 0
      } catch {
        return false
      }
    }),
  )
  signal.throwIfAborted()
  return answers.every(Boolean)
}
