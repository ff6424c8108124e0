// The cause of an error in words, for a line that says more than the error.
import { ShoalError } from '../model/errors.ts'

export function reasonOf(error: unknown): string {
  if (error instanceof ShoalError) return error.reason
  return error instanceof Error ? error.message : String(error)
}
