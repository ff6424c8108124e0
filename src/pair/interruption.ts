// The error of work that was told to stop, by the user or because other work of the same activation failed.
import { ShoalError } from '../model/errors.ts'

export function interruption(action: string, object: string, place?: string, reason = 'stopped'): ShoalError {
  return new ShoalError('INTERRUPTED', {
    action,
    object,
    ...(place === undefined ? {} : { place }),
    reason,
  })
}

export function isInterruption(error: unknown): boolean {
  return error instanceof ShoalError && error.code === 'INTERRUPTED'
}
