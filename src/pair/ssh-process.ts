// Runs the system's ssh and says how it ended.
import { spawn } from 'node:child_process'
import { ShoalError } from '../model/errors.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export interface SshRun {
  readonly env: Environment
  readonly deadlineMs: number
  readonly signal?: AbortSignal | undefined
  /** For the command on the other side; its output is then waited for to the end. */
  readonly input?: string | undefined
}

export interface SshOutcome {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
  readonly timedOut: boolean
}

/** Words in the C locale, because they are read by programs. Throws ShoalError SSH_MISSING; stopped by the signal it resolves. */
export async function runSsh(
  args: readonly string[],
  { env, deadlineMs, signal, input }: SshRun,
): Promise<SshOutcome> {
  const timer = AbortSignal.timeout(deadlineMs)
  const stop = signal === undefined ? timer : AbortSignal.any([signal, timer])
  const child = spawn('ssh', args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...env, LC_ALL: 'C' } })
  // Who reads no more of it says so by ending.
  child.stdin.on('error', () => {}).end(input)
  const end = (): void => void child.kill('SIGTERM')
  stop.addEventListener('abort', end, { once: true })
  if (stop.aborted) end()
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text
  })
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      if (input !== undefined) child.once('close', resolve)
      // Not 'close': an ssh that goes to the background keeps its output open.
      else child.once('exit', (code) => setImmediate(() => resolve(code)))
    })
    return { exitCode, ...output, timedOut: timer.aborted }
  } catch (error) {
    throw new ShoalError('SSH_MISSING', {
      action: 'start',
      object: 'ssh',
      place: 'this machine',
      reason: error instanceof Error ? error.message : String(error),
      nextStep: 'install OpenSSH: apt-get install openssh-client',
      cause: error,
    })
  } finally {
    stop.removeEventListener('abort', end)
    child.stdout.destroy()
    child.stderr.destroy()
  }
}
