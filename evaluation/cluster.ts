// A cluster: the manager started, workers joined, as its users do it.
import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { ShoalError } from '../src/model/errors.ts'
import { endProgram } from './end-program.ts'
import type { EvaluationHost } from './hosts/evaluation-host.ts'
import { mustRun } from './must-run.ts'

/** What of a host this needs; a lab's own will do. */
export type ClusterHost = Pick<EvaluationHost, 'name' | 'exec' | 'spawn'>

export interface RunningManager {
  readonly host: ClusterHost
  readonly program: ChildProcess
  readonly token: string
}

const startLimitMs = 60_000
const stopLimitMs = 20_000

/**
 * `shoal manager start` in the host; resolves when it has printed the line to join with. Ended by `stopManager`: the signal ends no more
 * than the wait.
 */
export async function startManager(
  host: ClusterHost,
  signal: AbortSignal,
  options: readonly string[] = [],
): Promise<RunningManager> {
  signal.throwIfAborted()
  const program = host.spawn(['shoal', 'manager', 'start', ...options], { stdio: ['ignore', 'pipe', 'pipe'] })
  let complaint = ''
  program.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-4000)
  })
  const giveUp = () => program.kill('SIGTERM')
  const timer = setTimeout(giveUp, startLimitMs)
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    if (program.stdout === null) throw new Error('the manager has no output to read')
    for await (const line of createInterface({ input: program.stdout })) {
      const [, token] = /^shoal worker join --token (\S+)$/.exec(line) ?? []
      if (token !== undefined) return { host, program, token }
    }
    signal.throwIfAborted()
    throw new ShoalError('DEMO_FAILED', {
      action: 'start',
      object: 'the manager',
      place: host.name,
      reason: complaint.trim() || 'it ended without a word',
    })
  } catch (error) {
    await endProgram(program, stopLimitMs)
    throw error
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', giveUp)
  }
}

/** Services go on. */
export async function stopManager({ program }: RunningManager): Promise<void> {
  await endProgram(program, stopLimitMs)
}

/**
 * `shoal worker join` in the host.
 * @param manager `coap://ADDRESS`; left out: found in the local network
 * @returns milliseconds that it took
 */
export async function joinWorker(
  host: ClusterHost,
  token: string,
  signal: AbortSignal,
  manager?: string,
): Promise<number> {
  const startedAt = performance.now()
  const named = manager === undefined ? [] : [manager]
  await mustRun(host, ['shoal', 'worker', 'join', ...named, '--token', token], signal)
  return performance.now() - startedAt
}

/** Ends the agents that joining left running; the Swarms go with the lab. */
export async function leaveWorker(host: ClusterHost): Promise<void> {
  await host.exec(['shoal', 'worker', 'leave'], { timeoutMs: 60_000 })
}
