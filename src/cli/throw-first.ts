// Several devices, several failures: all are told, and the command has failed.
import { renderError, ShoalError } from '../model/errors.ts'
import type { Io } from './io.ts'

/** Prints all but the first and throws that one; nothing where there is none. */
export function throwFirst([first, ...others]: readonly unknown[], io: Io): void {
  for (const error of others) if (error instanceof ShoalError) io.err(`${renderError(error)}\n`)
  if (first !== undefined) throw first
}
