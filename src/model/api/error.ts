// An error on its way over HTTP: the same parts on both sides.
import { z } from 'zod'
import { type ErrorCode, errorTable, ShoalError } from '../errors.ts'

export const errorAnswer = z.object({
  error: z.object({
    code: z.string().describe('From the table of docs/errors.md'),
    action: z.string().describe('What was being done, as a verb'),
    object: z.string().describe('To what'),
    place: z.string().optional().describe('Where'),
    reason: z.string().describe('Why it failed, for a person; may have several lines'),
    nextStep: z.string().optional().describe('What to do about it'),
  }),
})

export type ErrorAnswer = z.infer<typeof errorAnswer>

export function renderErrorAnswer(error: ShoalError): ErrorAnswer {
  const { code, action, object, place, reason, nextStep } = error
  return {
    error: {
      code,
      action,
      object,
      ...(place === undefined ? {} : { place }),
      reason,
      ...(nextStep === undefined ? {} : { nextStep }),
    },
  }
}

/** The error that the manager met, as if it had been met here. A code that this version does not know becomes MANAGER_ANSWER. */
export function readErrorAnswer({ error }: ErrorAnswer): ShoalError {
  const { code, action, object, place, reason, nextStep } = error
  const optional = {
    ...(place === undefined ? {} : { place }),
    ...(nextStep === undefined ? {} : { nextStep }),
  }
  if (isErrorCode(code)) return new ShoalError(code, { action, object, reason, ...optional })
  return new ShoalError('MANAGER_ANSWER', { action, object, reason: `${code}: ${reason}`, ...optional })
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorTable, code)
}
