// A host of a lab: namespaces around an init, a cgroup around all of them, and the way to run programs inside.
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { ShoalError } from '../src/model/errors.ts'
import type { Cgroup, CgroupLimits } from './cgroup.ts'
import { endCgroup } from './end-cgroup.ts'
import { attachArgv, bootArgv, enterArgv, hostEnvironment, joinArgv } from './enter.ts'
import { privateFolders } from './host-files.ts'
import { findInit, firstChild, seesFolder } from './host-process.ts'
import type { HostSpec } from './host-spec.ts'
import type { HostPaths } from './lab-paths.ts'
import { launchDaemon } from './launch.ts'
import { isNoSuch } from './no-such.ts'
import { type CommandResult, collect } from './run-command.ts'

export interface LaunchOptions {
  /** Added to the environment of a log-in as root. */
  readonly env?: Readonly<Record<string, string>>
  /** As the host sees it. Default /root. */
  readonly cwd?: string
  readonly signal?: AbortSignal
  /** Default: pipes. */
  readonly stdio?: StdioOptions
}

export interface ExecOptions extends Pick<LaunchOptions, 'env' | 'cwd' | 'signal'> {
  readonly input?: string | Uint8Array
  /** Default 60,000. */
  readonly timeoutMs?: number
}

const execTimeoutMs = 60_000
const powerOffTimeoutMs = 20_000

export class Host {
  readonly labName: string
  readonly spec: HostSpec
  readonly paths: HostPaths
  private readonly cgroup: Cgroup

  constructor(labName: string, spec: HostSpec, paths: HostPaths, cgroup: Cgroup) {
    this.labName = labName
    this.spec = spec
    this.paths = paths
    this.cgroup = cgroup
  }

  /** Gives it power: cgroup, limits, namespaces, mounts, init. Its folders and files must be there. */
  async boot(signal: AbortSignal | undefined): Promise<void> {
    this.cgroup.create()
    this.cgroup.limit(this.limits())
    const argv = bootArgv(this.spec.name, this.paths.folder, privateFolders)
    const step = { action: 'boot', object: this.spec.name, place: `lab "${this.labName}"` }
    await launchDaemon(step, joinArgv(this.cgroup.joinFiles(), argv), this.paths.bootLog, {
      env: hostEnvironment(),
      signal,
    })
    await this.cgroup.makeRoom(signal)
  }

  /** Takes its power away: every process of it is killed, and with the last one its namespaces, mounts and links are gone. */
  async powerOff(): Promise<void> {
    await endCgroup(this.cgroup, powerOffTimeoutMs)
  }

  hasPower(): boolean {
    return this.findInit() !== undefined
  }

  /** Its init, as the machine numbers it. Throws `LAB_HOST_OFF`. */
  init(): number {
    const pid = this.findInit()
    if (pid !== undefined) return pid
    throw new ShoalError('LAB_HOST_OFF', {
      action: 'enter',
      object: this.spec.name,
      place: `lab "${this.labName}"`,
      reason: 'the host has no power',
      nextStep: `shoal lab power ${this.spec.name} on`,
    })
  }

  /** Every process of it, containers included, as the machine numbers them. */
  processes(): readonly number[] {
    return this.cgroup.processes()
  }

  /** Those of the host itself: what runs in containers is left out. */
  ownProcesses(): readonly number[] {
    return this.cgroup.ownProcesses()
  }

  /** The files that a process writes 0 to in order to be one of the host's. */
  joinFiles(): readonly string[] {
    return this.cgroup.joinFiles()
  }

  sees(folder: string): boolean {
    return seesFolder(this.init(), folder)
  }

  /**
   * Starts argv inside. The child is a doorman that waits for the program; its `kill` reaches the program itself, and SIGKILL the
   * program's whole process group. Throws `LAB_HOST_OFF`.
   */
  launch(
    argv: readonly string[],
    { env, cwd = '/root', signal, stdio = 'pipe' }: LaunchOptions = {},
  ): ChildProcess {
    signal?.throwIfAborted()
    const [program = '', ...rest] = joinArgv(this.cgroup.joinFiles(), enterArgv(this.init(), cwd, argv))
    // A group of its own, so that all of it can be killed at once.
    const child = spawn(program, rest, { stdio, detached: true, env: { ...hostEnvironment(), ...env } })
    child.kill = (kind = 'SIGTERM') =>
      kind === 'SIGKILL' ? signalTo(child, (pid) => -pid, kind) : signalTo(child, firstChild, kind)
    const abort = () => child.kill('SIGKILL')
    signal?.addEventListener('abort', abort, { once: true })
    child.once('close', () => signal?.removeEventListener('abort', abort))
    return child
  }

  /**
   * Starts argv inside, on the caller's own stdin, stdout and stderr, in the caller's process group. The child's `kill` reaches the
   * program itself. Throws `LAB_HOST_OFF`.
   */
  attach(
    argv: readonly string[],
    { env, cwd = '/root' }: Pick<LaunchOptions, 'env' | 'cwd'> = {},
  ): ChildProcess {
    const [program = '', ...rest] = joinArgv(this.cgroup.joinFiles(), attachArgv(this.init(), cwd, argv))
    const child = spawn(program, rest, { stdio: 'inherit', env: { ...hostEnvironment(), ...env } })
    const behindAttendant = (pid: number) => {
      const attendant = firstChild(pid)
      return attendant === undefined ? undefined : firstChild(attendant)
    }
    child.kill = (kind = 'SIGTERM') => signalTo(child, behindAttendant, kind)
    return child
  }

  /**
   * Runs argv inside to its end, whatever its exit code. Throws `LAB_HOST_OFF`, the signal's reason, or `LAB_EXEC_TIMEOUT`; in the
   * latter two the program has been killed.
   */
  async exec(argv: readonly string[], options: ExecOptions = {}): Promise<CommandResult> {
    const { input, timeoutMs = execTimeoutMs, ...launchOptions } = options
    const stdio: StdioOptions = [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe']
    const child = this.launch(argv, { ...launchOptions, stdio })
    return collect(
      child,
      {
        ...(input === undefined ? {} : { input }),
        timeoutMs,
        ...(options.signal ? { signal: options.signal } : {}),
      },
      () =>
        new ShoalError('LAB_EXEC_TIMEOUT', {
          action: 'run',
          object: argv.join(' '),
          place: this.spec.name,
          reason: `no end after ${timeoutMs / 1000} s; it was killed`,
        }),
    )
  }

  /** Of all that runs in it. */
  protected limits(): CgroupLimits {
    return this.spec
  }

  private findInit(): number | undefined {
    return findInit(this.cgroup.ownProcesses())
  }
}

/** nsenter hands no signal on: it goes to the program behind it, or to the nsenter itself while that is still on its way in. */
function signalTo(
  { pid, exitCode, signalCode }: ChildProcess,
  aim: (pid: number) => number | undefined,
  kind: NodeJS.Signals | number,
): boolean {
  if (pid === undefined || exitCode !== null || signalCode !== null) return false
  try {
    return process.kill(aim(pid) ?? pid, kind)
  } catch (error) {
    if (isNoSuch(error)) return false
    throw error
  }
}
