// An exception that is no ShoalError: told to the manager's log, and to the client only that it happened.
import { ShoalError } from '../../../model/errors.ts'
import type { HttpParts } from './parts.ts'

export function asBug(error: unknown, request: string, onBug: HttpParts['onBug']): ShoalError {
  onBug(error, request)
  return new ShoalError('INTERNAL', {
    action: 'answer',
    object: 'the request',
    place: request,
    reason: 'the manager met an error that it did not expect',
    nextStep: 'its log has the details; please report them',
  })
}
