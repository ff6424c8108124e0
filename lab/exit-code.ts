// The exit code of a program, in the one form that shells know.
import { constants } from 'node:os'

/** Its exit code, or 128 + the signal's number when a signal ended it. */
export function exitCodeOf(code: number | null, killedBy: NodeJS.Signals | null): number {
  return code ?? 128 + (killedBy === null ? 0 : constants.signals[killedBy])
}
