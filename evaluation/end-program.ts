// Ends a program of a host for good.
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** It is killed when it has not ended by itself so long after SIGTERM. Ended already is fine. */
export async function endProgram(program: ChildProcess, limitMs: number): Promise<void> {
  if (!isRunning(program)) return
  const ended = once(program, 'close')
  // One that could not be started says so, and ends without more.
  ended.catch(() => {})
  const timer = setTimeout(() => program.kill('SIGKILL'), limitMs)
  program.kill('SIGTERM')
  await ended.catch(() => {})
  clearTimeout(timer)
}

export function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null
}
