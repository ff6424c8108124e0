// A host that was there and has restarted is waited for: a small board boots in a minute or two.
import { type ErrorCode, ShoalError } from '../../src/model/errors.ts'
import { pause } from '../../src/model/pause.ts'

/** What hosts that start say one after the other: nobody there, the connection cut, no Engine yet. */
const passing: ReadonlySet<ErrorCode> = new Set(['HOST_UNREACHABLE', 'CONNECTION_LOST', 'ENGINE_ABSENT'])

export interface ComingBack {
  /** From the first attempt to the last. */
  readonly limitMs: number
  readonly everyMs: number
  readonly signal: AbortSignal
  readonly say: (line: string) => void
}

/** Attempts it anew as long as it fails for what passes, and there is time. Throws what the last attempt threw. */
export async function whileComingBack<Result>(
  attempt: () => Promise<Result>,
  { limitMs, everyMs, signal, say }: ComingBack,
): Promise<Result> {
  const endMs = performance.now() + limitMs
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await attempt()
    } catch (error) {
      const passes = error instanceof ShoalError && passing.has(error.code)
      if (signal.aborted || !passes || performance.now() + everyMs > endMs) throw error
      if (isFirst) say(`${error.message}; waits up to ${Math.round(limitMs / 1000)} s for it to come back`)
      await pause(everyMs, signal)
      signal.throwIfAborted()
    }
  }
}
