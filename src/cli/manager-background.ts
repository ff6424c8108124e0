// The manager without a terminal and without systemd: a detached process that a file in its key folder names.
import { spawn } from 'node:child_process'
import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { managerFile } from '../manager/manager-lock.ts'
import { ShoalError } from '../model/errors.ts'
import { pause } from '../model/pause.ts'
import { readHolder } from '../worker/process-file.ts'

const startLimitMs = 60_000
const stopLimitMs = 30_000

/**
 * Starts `shoal ARGV` detached; resolves when it has printed the line to join with, which is returned.
 * @throws ShoalError MANAGER_FAILED with what it wrote last
 */
export async function startInBackground(
  argv: readonly string[],
  folder: string,
  signal: AbortSignal,
): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const logFile = join(folder, 'manager.log')
  const logHandle = await open(logFile, 'w', 0o600)
  const program = fileURLToPath(new URL('../../bin/shoal', import.meta.url))
  const child = spawn(program, argv, { detached: true, stdio: ['ignore', 'pipe', logHandle.fd], cwd: '/' })
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(startLimitMs)])
  const stop = (): void => void child.kill('SIGTERM')
  inTime.addEventListener('abort', stop, { once: true })
  try {
    const { stdout } = child
    if (stdout === null) throw new Error('the manager has no output to read')
    for await (const line of createInterface({ input: stdout })) {
      if (!line.startsWith('shoal worker join')) continue
      stdout.destroy()
      child.unref()
      return line
    }
    signal.throwIfAborted()
    const { readFile } = await import('node:fs/promises')
    const log = await readFile(logFile, 'utf8').catch(() => '')
    const told = log.slice(Math.max(0, log.lastIndexOf('error['))).trim()
    throw new ShoalError('MANAGER_FAILED', {
      action: 'start',
      object: 'the manager',
      place: 'this machine',
      reason: told || 'it ended without a word',
      nextStep: `see ${logFile}`,
    })
  } finally {
    inTime.removeEventListener('abort', stop)
    await logHandle.close()
  }
}

/** @returns whether one ran; it has ended then. Throws ShoalError MANAGER_FAILED when it does not end. */
export async function stopManagerProcess(folder: string, signal: AbortSignal): Promise<boolean> {
  const file = managerFile(folder)
  const holder = await readHolder(file)
  if (holder === undefined) return false
  process.kill(holder.pid, 'SIGTERM')
  const endsAtMs = performance.now() + stopLimitMs
  while ((await readHolder(file))?.pid === holder.pid) {
    if (performance.now() > endsAtMs) {
      throw new ShoalError('MANAGER_FAILED', {
        action: 'stop',
        object: 'the manager',
        place: `process ${holder.pid}`,
        reason: `it has not ended after ${stopLimitMs / 1000} s`,
        nextStep: `kill -9 ${holder.pid}: the next start goes on from what stands in Swarm`,
      })
    }
    await pause(50, signal)
  }
  return true
}
