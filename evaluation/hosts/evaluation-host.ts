// A machine that takes part in a measurement: a host of the lab or a real board. What uses one cannot tell which.
import type { ChildProcess, StdioOptions } from 'node:child_process'

export const hostRoles = ['manager', 'client', 'worker'] as const

export type HostRole = (typeof hostRoles)[number]

export interface HostAnswer {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface EvaluationHost {
  readonly name: string
  readonly role: HostRole
  /** Where the other hosts reach it, by the link of the stage it is on. */
  readonly address: string
  /** Node 24 there. */
  readonly nodeProgram: string
  /** Path of a file of the project there: `evaluation/probe/sensing.ts`. */
  projectFile(path: string): string
  /** Runs a program to its end, whatever its exit code; `shoal` is in the path. Default deadline 60,000 ms. */
  exec(
    argv: readonly string[],
    options?: { readonly signal?: AbortSignal; readonly timeoutMs?: number; readonly input?: string },
  ): Promise<HostAnswer>
  /** Starts a program; the child's `kill` reaches it. */
  spawn(
    argv: readonly string[],
    options?: { readonly signal?: AbortSignal; readonly stdio?: StdioOptions },
  ): ChildProcess
}
