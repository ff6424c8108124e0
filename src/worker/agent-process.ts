// The agent as a process of its own: a unit where systemd runs, else a detached process that a file names.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { ShoalError } from '../model/errors.ts'
import { pause } from '../model/pause.ts'
import { agentUnit, renderAgentUnit } from './agent-unit.ts'
import { readHolder } from './process-file.ts'
import { runToEnd, systemdRuns, unitFile } from './systemd.ts'
import { writeWhole } from './write-whole.ts'

export interface AgentProgram {
  /** `shoal worker agent`, as argv. */
  readonly argv: readonly string[]
  /** Of the agent, beside what the system gives every program. */
  readonly environment: Readonly<Record<string, string>>
  /** Holds the file that names the process, and the log. */
  readonly folder: string
}

/** A program of 100 source files on a small board that does much else. */
const startLimitMs = 60_000
const stopLimitMs = 8000
const lookEveryMs = 20
const lastLines = 5

export function agentFile(folder: string): string {
  return join(folder, 'agent.pid')
}

export function agentLogFile(folder: string): string {
  return join(folder, 'agent.log')
}

/**
 * Starts it unless it runs; whether it reaches its manager plays no part.
 * @returns whether it was started. Throws ShoalError AGENT_FAILED.
 */
export async function startAgent(program: AgentProgram, signal: AbortSignal): Promise<boolean> {
  if (systemdRuns()) return await startUnit(program)
  if (await isAgentRunning(program)) return false
  await mkdir(program.folder, { recursive: true, mode: 0o700 })
  const log = await open(agentLogFile(program.folder), 'a', 0o600)
  try {
    // It keeps its log itself; what it says beside that is why it crashed.
    const child = spawn(
      program.argv[0] ?? '',
      [...program.argv.slice(1), '--log', agentLogFile(program.folder)],
      {
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
        cwd: '/',
        env: { ...process.env, SHOAL_TOKEN: undefined, ...program.environment },
      },
    )
    // Whether it comes up or not: nobody waits for it at the end of this program.
    await waitForStart(child, program, signal).finally(() => child.unref())
    return true
  } finally {
    await log.close()
  }
}

/** Stops it and waits for its end; one that does not run is stopped. */
export async function stopAgent(program: Pick<AgentProgram, 'folder'>): Promise<void> {
  if (existsSync(unitFile(agentUnit))) {
    await runToEnd(['systemctl', 'disable', '--now', agentUnit])
    await rm(unitFile(agentUnit), { force: true })
    await runToEnd(['systemctl', 'daemon-reload'])
  }
  const file = agentFile(program.folder)
  const holder = await readHolder(file)
  if (holder !== undefined) {
    const isGone = async () => (await readHolder(file))?.pid !== holder.pid
    send(holder.pid, 'SIGTERM')
    if (!(await waitUntil(isGone, stopLimitMs))) {
      send(holder.pid, 'SIGKILL')
      await waitUntil(isGone, stopLimitMs)
    }
  }
  await rm(file, { force: true })
}

export async function isAgentRunning({ folder }: Pick<AgentProgram, 'folder'>): Promise<boolean> {
  return (await readHolder(agentFile(folder))) !== undefined
}

async function startUnit(program: AgentProgram): Promise<boolean> {
  const text = renderAgentUnit(program.argv, program.environment)
  const present = await readFile(unitFile(agentUnit), 'utf8').catch(() => '')
  if (present !== text) await writeWhole(unitFile(agentUnit), text, 0o644)
  else if (await isAgentRunning(program)) return false
  await runToEnd(['systemctl', 'daemon-reload'])
  const enabled = await runToEnd(['systemctl', 'enable', agentUnit])
  const started = await runToEnd(['systemctl', 'restart', agentUnit])
  if (enabled === 0 && started === 0) return true
  throw failed(`systemctl ended with ${enabled || started}`, `journalctl -u ${agentUnit} tells why`)
}

/** It has started when it has written itself into its file. */
async function waitForStart(child: ChildProcess, program: AgentProgram, signal: AbortSignal): Promise<void> {
  const log = agentLogFile(program.folder)
  const refusal = new Promise<never>((_, reject) => {
    child.once('error', (error) => reject(failed(error.message, 'see that this Shoal is whole')))
    child.once('exit', async (code, killedBy) => {
      const last = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n').slice(-lastLines)
      reject(failed(`it ended at once (${code ?? killedBy}): ${last.join('\n')}`, `see ${log}`))
    })
  })
  refusal.catch(() => {})
  const isUp = async () => {
    signal.throwIfAborted()
    return isAgentRunning(program)
  }
  const isStarted = await Promise.race([waitUntil(isUp, startLimitMs), refusal])
  if (!isStarted) throw failed(`it did not come up within ${startLimitMs / 1000} s`, `see ${log}`)
}

async function waitUntil(condition: () => Promise<boolean>, limitMs: number): Promise<boolean> {
  const late = AbortSignal.timeout(limitMs)
  while (!late.aborted) {
    if (await condition()) return true
    await pause(lookEveryMs, late)
  }
  return false
}

function send(pid: number, kind: NodeJS.Signals): void {
  try {
    process.kill(pid, kind)
  } catch {
    // It has ended by itself.
  }
}

function failed(reason: string, nextStep: string): ShoalError {
  return new ShoalError('AGENT_FAILED', {
    action: 'start',
    object: 'the agent',
    place: 'this device',
    reason,
    nextStep: `${nextStep}; then shoal worker join again, it only starts what is missing`,
  })
}
