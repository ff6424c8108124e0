// A cluster in a lab: the manager started, workers joined, as its users do it.
import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { LabHost } from '../lab/lab.ts'
import { ShoalError } from '../src/model/errors.ts'
import { stopProgram } from './compute-targets.ts'
import { mustRun } from './must-run.ts'

export interface RunningManager {
  readonly host: LabHost
  readonly program: ChildProcess
  readonly token: string
}

const startLimitMs = 60_000
const stopLimitMs = 20_000

/** `shoal manager start` in the host; resolves when it has printed the line to join with. Ended by `stopManager`. */
export async function startManager(
  host: LabHost,
  signal: AbortSignal,
  options: readonly string[] = [],
): Promise<RunningManager> {
  const program = host.spawn(['shoal', 'manager', 'start', ...options], {
    signal,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let complaint = ''
  program.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-4000)
  })
  const timer = setTimeout(() => program.kill('SIGTERM'), startLimitMs)
  try {
    if (program.stdout === null) throw new Error('the manager has no output to read')
    for await (const line of createInterface({ input: program.stdout })) {
      const [, token] = /^shoal worker join --token (\S+)$/.exec(line) ?? []
      if (token !== undefined) return { host, program, token }
    }
    throw new ShoalError('DEMO_FAILED', {
      action: 'start',
      object: 'the manager',
      place: host.name,
      reason: complaint.trim() || 'it ended without a word',
    })
  } catch (error) {
    await stopProgram(program)
    throw error
  } finally {
    clearTimeout(timer)
  }
}

/** Services go on. */
export async function stopManager({ program }: RunningManager): Promise<void> {
  await stopProgram(program, stopLimitMs)
}

/** `shoal worker join` in the host. @returns milliseconds that it took */
export async function joinWorker(host: LabHost, token: string, signal: AbortSignal): Promise<number> {
  const startedAt = performance.now()
  await mustRun(host, ['shoal', 'worker', 'join', '--token', token], signal)
  return performance.now() - startedAt
}

/** Ends the agents that joining left running; the Swarms go with the lab. */
export async function leaveWorker(host: LabHost): Promise<void> {
  await host.exec(['shoal', 'worker', 'leave'], { timeoutMs: 60_000 })
}
