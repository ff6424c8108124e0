// A manager that does not answer, as an error for the user.
import { ShoalError } from '../model/errors.ts'

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'the name leads to no address',
  EAI_AGAIN: 'the name cannot be looked up',
  EHOSTUNREACH: 'no way leads there',
  ENETUNREACH: 'no way leads there',
  ECONNRESET: 'it closed the connection',
}

function reasonOf(error: unknown, deadlineMs: number): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'AbortError' || error.name === 'TimeoutError')
    return `no answer within ${deadlineMs / 1000} s`
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return reasons[code] ?? (error.message || 'no connection')
}

/** @param waitedMs how long it was waited for at most */
export function unreachable(baseUrl: string, error: unknown, waitedMs: number): ShoalError {
  return new ShoalError('MANAGER_UNREACHABLE', {
    action: 'reach',
    object: 'the manager',
    place: baseUrl,
    reason: reasonOf(error, waitedMs),
    nextStep:
      'see whether it runs (shoal manager status, on its machine), or name another with --manager ADDRESS',
    cause: error,
  })
}
