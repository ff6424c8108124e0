// Runs a program of the machine to its end: argv in, output out, always with a deadline.
import { type ChildProcess, spawn } from 'node:child_process'
import { ShoalError } from '../src/model/errors.ts'
import { exitCodeOf } from './exit-code.ts'

export interface CommandOptions {
  readonly signal?: AbortSignal | undefined
  /** Default 20,000. The program is killed after it. */
  readonly timeoutMs?: number
  readonly input?: string | Uint8Array | undefined
}

export interface CommandResult {
  /** 128 + the signal's number when a signal ended it, as shells say. */
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** A step of the lab's making or undoing, as errors name it. */
export interface Step {
  readonly action: string
  readonly object: string
  readonly place?: string
}

const commandTimeoutMs = 20_000

/** Runs argv to its end; throws `LAB_STEP_FAILED` with its stderr unless it exits with 0. Returns stdout. */
export async function runStep(
  step: Step,
  argv: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const fail = (reason: string, cause?: unknown) =>
    new ShoalError('LAB_STEP_FAILED', { ...step, reason: `${programOf(argv)}: ${reason}`, cause })
  let result: CommandResult
  try {
    result = await runCommand(argv, options)
  } catch (error) {
    options.signal?.throwIfAborted()
    throw fail(error instanceof Error ? error.message : String(error), error)
  }
  if (result.exitCode !== 0) throw fail(result.stderr.trim() || `exit code ${result.exitCode}`)
  return result.stdout
}

/** What the user would know it by: without the words that only lead into a cgroup or a namespace. */
function programOf(argv: readonly string[]): string {
  return argv.slice(argv.lastIndexOf('--') + 1).join(' ')
}

/** Runs argv to its end, whatever its exit code. Throws when there is no such program, when it is late, and the signal's reason. */
export async function runCommand(
  argv: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { signal, input, timeoutMs = commandTimeoutMs } = options
  signal?.throwIfAborted()
  const [program = '', ...rest] = argv
  const child = spawn(program, rest, { stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] })
  return collect(child, { signal, input, timeoutMs }, () => new Error(`no end after ${timeoutMs / 1000} s`))
}

/** Feeds and drains a started program to its end. Kills it when the signal is aborted, or when it is late: then throws `late()`. */
export async function collect(
  child: ChildProcess,
  { signal, timeoutMs, input }: CommandOptions & { readonly timeoutMs: number },
  late: () => Error,
): Promise<CommandResult> {
  const output = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text
    })
  }
  // A program may end before it has read all its input; its exit code says what matters.
  child.stdin?.on('error', () => {})
  child.stdin?.end(input)
  let isLate = false
  const stop = () => child.kill('SIGKILL')
  const deadline = setTimeout(() => {
    isLate = true
    stop()
  }, timeoutMs)
  signal?.addEventListener('abort', stop, { once: true })
  try {
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, killedBy) => resolve(exitCodeOf(code, killedBy)))
    })
    signal?.throwIfAborted()
    if (isLate) throw late()
    return { exitCode, ...output }
  } finally {
    clearTimeout(deadline)
    signal?.removeEventListener('abort', stop)
  }
}
