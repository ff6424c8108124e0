// Runs a program of a host on the user's terminal, as if it were there: streams, signals, exit code.
import type { ChildProcess } from 'node:child_process'
import process from 'node:process'
import { exitCodeOf } from './exit-code.ts'

/** What a terminal sends to the whole process group by itself: the program has it already. */
const fromTerminal: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT']
const handedOn: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH', 'SIGCONT']

/** Waits for the program, handing signals on. @returns its exit code, 128 + N when signal N ended it. */
export async function runAttached(child: ChildProcess): Promise<number> {
  const forward = (kind: NodeJS.Signals) => {
    if (process.stdin.isTTY && fromTerminal.includes(kind)) return
    child.kill(kind)
  }
  const kinds = [...fromTerminal, ...handedOn]
  for (const kind of kinds) process.on(kind, forward)
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, killedBy) => resolve(exitCodeOf(code, killedBy)))
    })
  } finally {
    for (const kind of kinds) process.off(kind, forward)
  }
}
