// The agent as a process of its own: a unit where systemd runs, else a detached process with a pid file.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, open, readFile, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { ShoalError } from '../model/errors.ts'
import { pause } from '../model/pause.ts'
import { runToEnd, unitFile } from './systemd.ts'
import { writeWhole } from './write-whole.ts'

export interface AgentProgram {
  /** `shoal worker agent`, as argv. */
  readonly argv: readonly string[]
  /** Holds the pid file and the log. */
  readonly folder: string
}

const unit = 'shoal-worker.service'
const stopLimitMs = 8000
/** A log that has grown beyond this is begun anew at the next start. */
const mostLogBytes = 1024 * 1024

export function systemdRuns(): boolean {
  return existsSync('/run/systemd/system')
}

/** Starts it unless it runs. @returns whether it was started */
export async function startAgent(program: AgentProgram): Promise<boolean> {
  if (systemdRuns()) {
    const text = renderUnit(program.argv)
    const present = await readFile(unitFile(unit), 'utf8').catch(() => '')
    if (present !== text) {
      await writeWhole(unitFile(unit), text, 0o644)
      await runToEnd(['systemctl', 'daemon-reload'])
    }
    await runToEnd(['systemctl', 'enable', '--now', unit])
    return true
  }
  if (await isAgentRunning(program)) return false
  await mkdir(program.folder, { recursive: true, mode: 0o700 })
  const logFile = join(program.folder, 'agent.log')
  const size = await stat(logFile).then(
    (seen) => seen.size,
    () => 0,
  )
  const log = await open(logFile, size > mostLogBytes ? 'w' : 'a', 0o600)
  try {
    const child = spawn(program.argv[0] ?? '', program.argv.slice(1), {
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      cwd: '/',
    })
    await spawned(child)
    child.unref()
    const identity = `${child.pid} ${await startTimeOf(child.pid ?? 0)}\n`
    await writeWhole(pidFile(program), identity, 0o600)
    return true
  } finally {
    await log.close()
  }
}

/** Stops it and waits for its end; one that does not run is stopped. */
export async function stopAgent(program: AgentProgram): Promise<void> {
  if (systemdRuns() && existsSync(unitFile(unit))) {
    await runToEnd(['systemctl', 'disable', '--now', unit])
    await rm(unitFile(unit), { force: true })
    await runToEnd(['systemctl', 'daemon-reload'])
  }
  const pid = await runningPid(program)
  if (pid !== undefined) {
    process.kill(pid, 'SIGTERM')
    const endsAtMs = performance.now() + stopLimitMs
    while ((await runningPid(program)) !== undefined) {
      if (performance.now() > endsAtMs) {
        process.kill(pid, 'SIGKILL')
        break
      }
      await pause(50, AbortSignal.timeout(stopLimitMs))
    }
  }
  await rm(pidFile(program), { force: true })
}

export async function isAgentRunning(program: AgentProgram): Promise<boolean> {
  if (systemdRuns() && existsSync(unitFile(unit)))
    return (await runToEnd(['systemctl', 'is-active', '--quiet', unit])) === 0
  return (await runningPid(program)) !== undefined
}

function pidFile({ folder }: AgentProgram): string {
  return join(folder, 'agent.pid')
}

/** A number alone may be another process by now: the time at which it started tells. */
async function runningPid(program: AgentProgram): Promise<number | undefined> {
  const text = await readFile(pidFile(program), 'utf8').catch(() => '')
  const [pid = '', startTime = ''] = text.trim().split(' ')
  if (!/^\d+$/.test(pid) || startTime === '') return undefined
  return (await startTimeOf(Number(pid))) === startTime ? Number(pid) : undefined
}

/** Field 22 of /proc/PID/stat: clock ticks since boot. */
async function startTimeOf(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const [state, ...fields] = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return state === undefined || state === '' || state === 'Z' ? undefined : fields[18]
}

function spawned(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (error) =>
      reject(
        new ShoalError('JOIN_FAILED', {
          action: 'start',
          object: 'the agent of this device',
          reason: error.message,
        }),
      ),
    )
  })
}

/** Comes back after everything but a clean stop: nobody is there to press reset. */
export function renderUnit(argv: readonly string[]): string {
  return `[Unit]
Description=Agent of a Shoal worker
After=docker.service network-online.target
Wants=network-online.target
Requires=docker.service

[Service]
ExecStart=${dirname(argv[0] ?? '') === '.' ? `/usr/bin/env ${argv.join(' ')}` : argv.join(' ')}
Restart=always
RestartSec=2
MemoryMax=128M
NoNewPrivileges=true
ProtectHome=true
PrivateTmp=true

[Install]
WantedBy=multi-user.target
`
}
