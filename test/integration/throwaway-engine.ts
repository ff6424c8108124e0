// A real Docker Engine for one test file: its own process, mount and network namespaces and one temp folder. When it
// stops, or when the test process dies by whatever signal, the kernel ends everything that ran in it.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { openSync, readFileSync } from 'node:fs'
import { mkdtemp, readdir, rm, rmdir } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface ThrowawayEngineOptions {
  /**
   * `host` (default): containers may use `--network host` or `none`, and are reached on 127.0.0.1.
   * `bridge`: the engine has a network namespace of its own with Docker's bridge in it; published ports are reached at `address`.
   */
  readonly network?: 'host' | 'bridge'
  /** How long dockerd may take to answer its first ping; default 30 s. */
  readonly deadlineMs?: number
  /** More arguments for dockerd. */
  readonly dockerdArguments?: readonly string[]
}

export interface ThrowawayEngine {
  /** The Engine API's Unix socket. */
  readonly socketPath: string
  /** Where published or host-network ports answer. */
  readonly address: string
  /** The pid, as this process sees it, of the engine's first process: for `nsenter --target`. */
  readonly pid: number
  /** Runs the docker command line against this engine. @returns stdout, trimmed. Rejects with stderr in the message. */
  docker(...args: string[]): Promise<string>
  /** Ends everything; leaves no process, mount, namespace, link, cgroup or file. Safe to call twice. */
  stop(): Promise<void>
}

/** Starts a dockerd that nothing outside shares. Needs root. */
export async function startThrowawayEngine(options: ThrowawayEngineOptions = {}): Promise<ThrowawayEngine> {
  const { network = 'host', deadlineMs = 30_000, dockerdArguments = [] } = options
  const folder = await mkdtemp(join(tmpdir(), 'shoal-engine-'))
  const id = basename(folder)
  const socketPath = join(folder, 'docker.sock')
  const logPath = join(folder, 'dockerd.log')
  const log = openSync(logPath, 'a')
  const child = spawn('setpriv', engineArguments({ folder, id, socketPath, network, dockerdArguments }), {
    stdio: ['ignore', log, log],
  })
  let cabled: number | undefined
  const stop = async (): Promise<void> => {
    await stopEngine(child, folder, id)
    if (cabled !== undefined) await removeCable(cabled)
  }
  const deadline = Date.now() + deadlineMs
  try {
    while (!(await answersPing(socketPath))) {
      if (child.exitCode !== null) throw new Error(`dockerd ended:\n${logTail(logPath)}`)
      if (Date.now() > deadline)
        throw new Error(`dockerd is not up after ${deadlineMs} ms:\n${logTail(logPath)}`)
      await delay(20)
    }
    const pid = firstChild(child.pid ?? 0)
    if (network === 'bridge') cabled = pid
    const address = network === 'host' ? '127.0.0.1' : await joinByCable(pid)
    const docker = async (...args: string[]): Promise<string> => {
      const { stdout } = await run('docker', ['--host', `unix://${socketPath}`, ...args], {
        maxBuffer: 1 << 26,
      })
      return stdout.trim()
    }
    return { socketPath, address, pid, docker, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

interface EngineSetting {
  readonly folder: string
  readonly id: string
  readonly socketPath: string
  readonly network: 'host' | 'bridge'
  readonly dockerdArguments: readonly string[]
}

/** tini reaps what dockerd orphans; a sysfs of the new network namespace needs the cgroup tree bound over it again. */
function engineArguments({ folder, id, socketPath, network, dockerdArguments }: EngineSetting): string[] {
  const ownNetwork = network === 'bridge'
  const script = [
    'set -e',
    'mount -t tmpfs tmpfs /run',
    'mkdir -p /etc/docker && mount -t tmpfs tmpfs /etc/docker',
    ...(ownNetwork
      ? [
          'mkdir /run/cgroup && mount --rbind /sys/fs/cgroup /run/cgroup',
          'mount -t sysfs sysfs /sys && mount --rbind /run/cgroup /sys/fs/cgroup',
          'ip link set lo up',
        ]
      : []),
    'exec tini -g -- "$@"',
  ].join('\n')
  return [
    ...['--pdeathsig', 'KILL', 'unshare', '--pid', '--fork', '--kill-child=KILL', '--mount-proc'],
    ...(ownNetwork ? ['--net'] : []),
    ...['sh', '-c', script, 'sh', 'dockerd'],
    ...[
      '--host',
      `unix://${socketPath}`,
      '--data-root',
      join(folder, 'data'),
      '--exec-root',
      join(folder, 'exec'),
    ],
    ...['--pidfile', join(folder, 'dockerd.pid'), '--cgroup-parent', `/${id}`],
    ...(ownNetwork ? [] : ['--bridge=none', '--iptables=false']),
    ...dockerdArguments,
  ]
}

function answersPing(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const ping = request({ socketPath, path: '/_ping', timeout: 1000 }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    ping.on('timeout', () => ping.destroy())
    ping.on('error', () => resolve(false))
    ping.end()
  })
}

function firstChild(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0])
}

/** Removed by name: the kernel destroys a dead namespace's links some time later. */
async function removeCable(pid: number): Promise<void> {
  await run('ip', ['link', 'delete', `she${pid}`]).catch(() => {})
}

/** A veth pair from this network namespace into the engine's; the addresses are of the benchmarking range, RFC 2544. */
async function joinByCable(pid: number): Promise<string> {
  const subnet = `198.18.${(pid >> 6) & 255}.${(pid & 63) * 4}`
  const [outside, inside] = [1, 2].map((host) =>
    subnet.replace(/\d+$/, (last) => String(Number(last) + host)),
  )
  const name = `she${pid}`
  const within = ['--target', String(pid), '--net', 'ip']
  await run('ip', ['link', 'add', name, 'type', 'veth', 'peer', 'name', 'cable', 'netns', String(pid)])
  await run('ip', ['address', 'add', `${outside}/30`, 'dev', name])
  await run('ip', ['link', 'set', name, 'up'])
  await run('nsenter', [...within, 'address', 'add', `${inside}/30`, 'dev', 'cable'])
  await run('nsenter', [...within, 'link', 'set', 'cable', 'up'])
  return String(inside)
}

/** Killing the first process of the namespaces ends all the others and undoes the mounts; files and cgroups are left to us. */
async function stopEngine(child: ChildProcess, folder: string, id: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }
  await removeCgroups(id)
  // The kernel may still be undoing the mounts when the last process is gone.
  await rm(folder, { recursive: true, force: true, maxRetries: 50, retryDelay: 20 })
}

async function removeCgroups(id: string): Promise<void> {
  for (const hierarchy of await readdir('/sys/fs/cgroup')) {
    await removeCgroup(join('/sys/fs/cgroup', hierarchy, id))
  }
  await removeCgroup(join('/sys/fs/cgroup', id))
}

async function removeCgroup(path: string): Promise<void> {
  const inner = await readdir(path, { withFileTypes: true }).catch(() => [])
  for (const entry of inner) if (entry.isDirectory()) await removeCgroup(join(path, entry.name))
  for (let attempt = 0; attempt < 100; attempt++) {
    const failure = await rmdir(path).then(
      () => undefined,
      (error: NodeJS.ErrnoException) => error.code,
    )
    if (failure !== 'EBUSY') return
    await delay(20)
  }
}

function logTail(path: string): string {
  return readFileSync(path, 'utf8').split('\n').slice(-15).join('\n')
}
