// What a command may touch of its process: two streams, the environment, a signal. `main.ts` makes it from the real process.

export interface Io {
  /** Writes results: what a program would read. */
  readonly out: (text: string) => void
  /** Writes progress and errors: what a person reads. */
  readonly err: (text: string) => void
  /** Whether stderr is a terminal, so that progress may move. */
  readonly isTerminal: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborted by SIGINT or SIGTERM: the command undoes what it half did, then ends. */
  readonly signal: AbortSignal
}

/** Thrown by a command that ran a program for the user: the exit code is the program's, and nothing is printed. */
export class ProgramExit extends Error {
  readonly exitCode: number

  constructor(exitCode: number) {
    super(`the program ended with ${exitCode}`)
    this.name = 'ProgramExit'
    this.exitCode = exitCode
  }
}
