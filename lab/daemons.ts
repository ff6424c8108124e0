// A host's two daemons, sshd and dockerd: started as children of its init, watched until they answer, stopped.
import { closeSync, openSync, rmSync } from 'node:fs'
import { json } from 'node:stream/consumers'
import { HttpSocket } from '../src/engine/http.ts'
import { ShoalError } from '../src/model/errors.ts'
import { waitFor } from './deadline.ts'
import type { Host } from './host.ts'
import { findByName, listens } from './host-process.ts'
import { logTail } from './launch.ts'
import { collect } from './run-command.ts'
import { together } from './together.ts'

interface Daemon {
  /** Its program's file, by which its processes are found. */
  readonly program: string
  readonly argv: readonly string[]
  readonly logOf: (host: Host) => string
  readonly startTimeoutMs: number
  readonly answers: (host: Host) => Promise<boolean>
  /** Removes what a killed one has left, at which the next would refuse to start. */
  readonly sweep: (host: Host) => void
}

const sshPort = 22
const starter = 'setsid'
const stopTimeoutMs = 20_000

export const sshd: Daemon = {
  program: 'sshd',
  // sshd starts itself anew for each connection, so it wants its full path.
  argv: ['/usr/sbin/sshd', '-D', '-e'],
  logOf: (host) => host.paths.sshdLog,
  startTimeoutMs: 10_000,
  answers: async (host) => listens(host.init(), sshPort),
  sweep: () => {},
}

export const dockerd: Daemon = {
  program: 'dockerd',
  argv: ['dockerd'],
  logOf: (host) => host.paths.engineLog,
  // Four engines on a slow card take their time; here one takes about a second.
  startTimeoutMs: 60_000,
  answers: async (host) => (await engineVersion(host)) !== undefined,
  sweep: sweepEngine,
}

/** Starts it unless it runs, and waits until it answers. Throws `LAB_DAEMON_FAILED` with the end of its log. */
export async function startDaemon(
  host: Host,
  daemon: Daemon,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (daemon === dockerd && !host.spec.engine) throw noEngine(host)
  if (processesOf(host, daemon).length === 0) {
    daemon.sweep(host)
    await leaveBehind(host, daemon, signal)
  }
  const fail = (why: string) => failure(host, daemon, 'start', why)
  await waitFor(
    async () => {
      if (await daemon.answers(host)) return true
      if (!isStarting(host, daemon)) throw fail('it ended at once')
      return undefined
    },
    {
      timeoutMs: daemon.startTimeoutMs,
      signal,
      late: () => fail(`no answer after ${daemon.startTimeoutMs / 1000} s`),
    },
  )
}

/** sshd, and the engine where the host has one. */
export async function startServices(host: Host, signal: AbortSignal): Promise<void> {
  const daemons = host.spec.engine ? [sshd, dockerd] : [sshd]
  await together(
    daemons.map((daemon) => (stop: AbortSignal) => startDaemon(host, daemon, stop)),
    signal,
  )
}

/** Ends it and waits until it has gone. `SIGKILL` leaves what a crash would. Not running is fine. */
export async function stopDaemon(host: Host, daemon: Daemon, kind: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  for (const pid of processesOf(host, daemon)) process.kill(pid, kind)
  await waitFor(() => (processesOf(host, daemon).length === 0 ? true : undefined), {
    timeoutMs: stopTimeoutMs,
    signal: undefined,
    late: () => failure(host, daemon, 'stop', `still there ${stopTimeoutMs / 1000} s after ${kind}`),
  })
}

/** The engine's version; undefined while it does not answer. */
export async function engineVersion(host: Host): Promise<string | undefined> {
  const socket = new HttpSocket(`/proc/${host.init()}/root/run/docker.sock`)
  try {
    const answer = await socket.exchange({ method: 'GET', path: '/version', deadlineMs: 2000 }, json)
    return typeof answer === 'object' && answer !== null && 'Version' in answer
      ? String(answer.Version)
      : undefined
  } catch {
    return undefined
  } finally {
    socket.close()
  }
}

function processesOf(host: Host, { program }: Daemon): readonly number[] {
  return findByName(host.ownProcesses(), [program])
}

/** For its first moment a daemon is still its starter; in one look, since it may change between two. */
function isStarting(host: Host, { program }: Daemon): boolean {
  return findByName(host.ownProcesses(), [program, starter]).length > 0
}

/** `setsid --fork` ends at once and leaves the daemon to the host's init, as on a device. */
async function leaveBehind(host: Host, daemon: Daemon, signal: AbortSignal | undefined): Promise<void> {
  const log = openSync(daemon.logOf(host), 'a')
  try {
    const child = host.launch([starter, '--fork', ...daemon.argv], {
      cwd: '/',
      stdio: ['ignore', log, log],
    })
    const late = () => failure(host, daemon, 'start', 'setsid did not end')
    const { exitCode } = await collect(child, { signal, timeoutMs: 10_000 }, late)
    if (exitCode !== 0) throw failure(host, daemon, 'start', `setsid ended with ${exitCode}`)
  } finally {
    closeSync(log)
  }
}

/** A killed dockerd leaves its containerd, and both leave pid files that the next one takes for a running engine's. */
function sweepEngine(host: Host): void {
  for (const pid of findByName(host.ownProcesses(), ['containerd'])) process.kill(pid, 'SIGKILL')
  for (const file of ['docker.pid', 'docker/containerd/containerd.pid']) {
    rmSync(`/proc/${host.init()}/root/run/${file}`, { force: true })
  }
}

function noEngine({ spec, labName }: Host): ShoalError {
  return new ShoalError('LAB_NO_ENGINE', {
    action: 'start',
    object: 'the engine',
    place: `host ${spec.name} of lab "${labName}"`,
    reason: 'its topology gives it none',
    nextStep: 'take "engine: false" out of the topology and bring the lab up anew',
  })
}

function failure(host: Host, daemon: Daemon, action: string, why: string): ShoalError {
  const log = logTail(daemon.logOf(host))
  return new ShoalError('LAB_DAEMON_FAILED', {
    action,
    object: daemon.program,
    place: `host ${host.spec.name} of lab "${host.labName}"`,
    reason: log === '' ? why : `${why}; its log ends with\n${log}`,
  })
}
