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
