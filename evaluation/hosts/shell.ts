// Where a program is started: on this machine, or over SSH.
import type { ChildProcess, StdioOptions } from 'node:child_process'

export interface Shell {
  /** Starts argv; the child is what carries it, and ends when it ends, with its exit code. */
  start(argv: readonly string[], stdio: StdioOptions): ChildProcess
  /** Ends what `start` needs; programs that run on are cut off. */
  close(): Promise<void>
}

/** `it's` -> `'it'\''s'`, for a POSIX shell. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}
