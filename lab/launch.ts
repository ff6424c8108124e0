// Starts what stays after this process: a host's init, the switch. It says "ready" on a pipe when its inside is made.
import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { ShoalError } from '../src/model/errors.ts'
import type { Step } from './run-command.ts'

const timeoutMs = 15_000

/**
 * Starts argv, its output to `logFile`, and waits until it writes "ready" to its file descriptor 3. Throws `LAB_STEP_FAILED` with the
 * log's end when it ends before, or is late.
 */
export async function launchDaemon(
  step: Step,
  argv: readonly string[],
  logFile: string,
  options: { readonly signal: AbortSignal | undefined; readonly env: Readonly<Record<string, string>> },
): Promise<void> {
  options.signal?.throwIfAborted()
  const [program = '', ...rest] = argv
  const log = openSync(logFile, 'a')
  // A session of its own: Ctrl-C stops `up`, which then undoes in order.
  const child = spawn(program, rest, {
    stdio: ['ignore', log, log, 'pipe'],
    detached: true,
    env: options.env,
  })
  closeSync(log)
  child.unref()
  const pipe = child.stdio[3] as Readable
  const deadline = AbortSignal.timeout(timeoutMs)
  const stop = options.signal === undefined ? deadline : AbortSignal.any([options.signal, deadline])
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', () => reject(new Error('it ended before it was ready')))
      // unshare stays as the init's parent and keeps the pipe open: the word itself counts, not the pipe's end.
      pipe.once('data', () => resolve())
      stop.addEventListener('abort', () => reject(stop.reason), { once: true })
    })
  } catch (cause) {
    options.signal?.throwIfAborted()
    const why = deadline.aborted ? `not ready after ${timeoutMs / 1000} s` : String((cause as Error).message)
    throw new ShoalError('LAB_STEP_FAILED', {
      ...step,
      reason: `${why}\n${logTail(logFile)}`.trimEnd(),
      cause,
    })
  } finally {
    pipe.destroy()
  }
}

/** The last lines of a log, indented; empty when there is none. */
export function logTail(file: string, lines = 8): string {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return ''
  }
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-lines)
    .map((line) => `  ${line}`)
    .join('\n')
}
