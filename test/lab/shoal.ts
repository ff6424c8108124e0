// The command line under test, as a user starts it.
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type CommandResult, collect } from '../../lab/run-command.ts'

const program = fileURLToPath(new URL('../../bin/shoal', import.meta.url))

/** Starts `shoal ARGV` with pipes. */
export function startShoal(...argv: readonly string[]): ChildProcess {
  return spawn(program, argv, { stdio: ['pipe', 'pipe', 'pipe'] })
}

/** Runs `shoal ARGV` to its end. */
export function shoal(...argv: readonly string[]): Promise<CommandResult> {
  return collect(
    startShoal(...argv),
    { timeoutMs: 90_000 },
    () => new Error(`shoal ${argv.join(' ')} did not end`),
  )
}
