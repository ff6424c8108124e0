// Restarts this device's Engine, however it is kept here, and starts again what ran in it and would not come by itself.
import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { readFile, readlink } from 'node:fs/promises'
import nodeProcess from 'node:process'
import type { Engine } from '../engine/engine.ts'
import { clusterLabel } from '../model/cluster/labels.ts'
import { ShoalError } from '../model/errors.ts'
import { pause } from '../model/pause.ts'
import { type EngineProcess, findEngineProcess } from './engine-process.ts'
import { runToEnd, systemdRuns } from './systemd.ts'

export interface RestartOptions {
  readonly engine: Pick<Engine, 'info' | 'containers'>
  readonly signal: AbortSignal
  readonly onProgress: (line: string) => void
}

/** Ten seconds of grace for each container that does not listen, all at once, and some for a slow card. */
const stopLimitMs = 60_000
/** Whoever keeps it starts it again within this time; otherwise it is left to us. */
const keeperLimitMs = 2000
/** Many containers on a slow card. */
const startLimitMs = 90_000
const lookEveryMs = 50

/**
 * What runs in containers ends for some seconds. Swarm makes its own again; the others are started as they were, unless they were to stay ended.
 * @throws ShoalError ENGINE_RESTART where it does not answer again
 */
export async function restartEngine(
  process: EngineProcess | undefined,
  options: RestartOptions,
): Promise<void> {
  const { engine, signal, onProgress } = options
  const before = await engine.info({ signal })
  const running = await runningContainers(engine, signal)
  if (systemdRuns() && (await runToEnd(['systemctl', 'is-active', '--quiet', 'docker'])) === 0) {
    if ((await runToEnd(['systemctl', 'restart', 'docker'])) !== 0)
      throw failed('systemctl restart docker ended with an error', 'journalctl -u docker tells why')
  } else {
    if (process === undefined)
      throw failed('its process is not seen here', 'restart it by hand, then run this again')
    await restartProcess(process.pid, signal)
  }
  await waitUntil(
    async () => {
      const info = await engine.info({ signal, deadlineMs: 2000 }).catch(() => undefined)
      if (info === undefined) return false
      return before.swarm.state !== 'active' || info.swarm.state === 'active'
    },
    startLimitMs,
    signal,
    () => failed(`it does not answer ${startLimitMs / 1000} s after its start`, 'see its log'),
  )
  await startAgain(running, { engine, signal, onProgress })
}

interface Running {
  readonly id: string
  readonly name: string
}

/** Swarm's own it makes anew. */
async function runningContainers(
  engine: Pick<Engine, 'containers'>,
  signal: AbortSignal,
): Promise<readonly Running[]> {
  const all = await engine.containers.list([], { signal })
  return all.filter(({ state, labels }) => state === 'running' && labels[clusterLabel.taskId] === undefined)
}

async function startAgain(
  running: readonly Running[],
  { engine, signal, onProgress }: RestartOptions,
): Promise<void> {
  if (running.length === 0) return
  const now = await engine.containers.list([], { signal })
  const ended = new Set(now.filter(({ state }) => state !== 'running').map(({ id }) => id))
  for (const { id, name } of running) {
    if (!ended.has(id)) continue
    try {
      await engine.containers.start(id, name)
    } catch (error) {
      // One of the others must not keep the rest from starting.
      onProgress(
        `${name} ran before and does not start: ${error instanceof ShoalError ? error.reason : error}`,
      )
    }
  }
}

/** Ends it as its stop would, waits for whoever keeps it, and starts it as it was started where nobody does. */
async function restartProcess(pid: number, signal: AbortSignal): Promise<void> {
  const launch = await readLaunch(pid)
  nodeProcess.kill(pid, 'SIGTERM')
  await waitUntil(
    async () => (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim() !== 'dockerd',
    stopLimitMs,
    signal,
    () =>
      failed(`it does not end ${stopLimitMs / 1000} s after SIGTERM`, 'end it by hand, and start it again'),
  )
  const endsAtMs = performance.now() + keeperLimitMs
  while (performance.now() < endsAtMs) {
    if ((await findEngineProcess()) !== undefined) return
    await pause(lookEveryMs, signal)
  }
  const out = openLog(launch.log)
  try {
    const [program = '', ...words] = launch.argv
    spawn(program, words, {
      detached: true,
      cwd: launch.folder,
      env: launch.environment,
      stdio: ['ignore', out, out],
    })
      .on('error', () => {})
      .unref()
  } finally {
    closeSync(out)
  }
}

/** Its log may lie where this process sees nothing. */
function openLog(path: string): number {
  try {
    return openSync(path, 'a')
  } catch {
    return openSync('/dev/null', 'a')
  }
}

interface Launch {
  readonly argv: readonly string[]
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  readonly log: string
}

async function readLaunch(pid: number): Promise<Launch> {
  const words = async (file: string): Promise<readonly string[]> =>
    (await readFile(`/proc/${pid}/${file}`, 'utf8')).split('\0').filter((word) => word !== '')
  const [argv, environment, folder, log] = await Promise.all([
    words('cmdline'),
    words('environ'),
    readlink(`/proc/${pid}/cwd`),
    readlink(`/proc/${pid}/fd/2`).catch(() => '/dev/null'),
  ])
  return {
    argv,
    folder,
    environment: Object.fromEntries(
      environment.map((each) => {
        const equals = each.indexOf('=')
        return [each.slice(0, equals), each.slice(equals + 1)]
      }),
    ),
    log: log.startsWith('/') ? log : '/dev/null',
  }
}

async function waitUntil(
  isSo: () => Promise<boolean>,
  limitMs: number,
  signal: AbortSignal,
  late: () => ShoalError,
): Promise<void> {
  const endsAtMs = performance.now() + limitMs
  while (!(await isSo())) {
    signal.throwIfAborted()
    if (performance.now() > endsAtMs) throw late()
    await pause(lookEveryMs, signal)
  }
}

function failed(reason: string, nextStep: string): ShoalError {
  return new ShoalError('ENGINE_RESTART', {
    action: 'restart',
    object: 'the Docker Engine',
    place: 'this device',
    reason,
    nextStep,
  })
}
