// How work ended that may fail, or hang: nothing that a campaign waits for stops it for ever.
import { ShoalError } from '../../src/model/errors.ts'

export type Settled<Result> =
  | { readonly state: 'done'; readonly result: Result }
  /** `isStuck`: it was told to end, and has not within its grace; it may still do something. */
  | { readonly state: 'failed'; readonly error: unknown; readonly isStuck: boolean }

export interface Patience {
  readonly signal?: AbortSignal
  /** From the beginning to the moment when the work is told to end. */
  readonly deadlineMs: number
  /** From then until it is left alone. */
  readonly graceMs: number
}

/** Never rejects. What is told to end, by the signal or the deadline, has failed for that reason, however it ends. */
export async function settle<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
  { signal, deadlineMs, graceMs }: Patience,
): Promise<Settled<Result>> {
  const late = new AbortController()
  const within = signal === undefined ? late.signal : AbortSignal.any([signal, late.signal])
  const deadline = setTimeout(() => {
    late.abort(new Error(`it had not ended after ${Math.round(deadlineMs / 1000)} s`))
  }, deadlineMs)
  let grace: NodeJS.Timeout | undefined
  const stuck = new Promise<Settled<Result>>((resolve) => {
    const leave = () => resolve({ state: 'failed', error: within.reason, isStuck: true })
    const wait = () => {
      grace = setTimeout(leave, graceMs)
    }
    if (within.aborted) wait()
    else within.addEventListener('abort', wait, { once: true })
  })
  try {
    const settled = await Promise.race([attempt(() => work(within)), stuck])
    if (!within.aborted || (settled.state === 'failed' && settled.isStuck)) return settled
    return { state: 'failed', error: within.reason, isStuck: false }
  } finally {
    clearTimeout(deadline)
    clearTimeout(grace)
  }
}

async function attempt<Result>(work: () => Promise<Result>): Promise<Settled<Result>> {
  try {
    return { state: 'done', result: await work() }
  } catch (error) {
    return { state: 'failed', error, isStuck: false }
  }
}

/** For an outcome, and a line that stays: with the code to look up and what to do, where there are such. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof ShoalError)) return error instanceof Error ? error.message : String(error)
  const { code, message, nextStep } = error
  return `[${code}] ${message}${nextStep === undefined ? '' : `; next: ${nextStep}`}`
}
