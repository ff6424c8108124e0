// A host of the lab that is an emulated machine: namespaces as every host has them, QEMU in them, and programs run over ssh.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { constants } from 'node:os'
import process from 'node:process'
import type { CgroupLimits } from '../cgroup.ts'
import { checkout } from '../enter.ts'
import { Host, type LaunchOptions } from '../host.ts'
import { findByName } from '../host-process.ts'
import type { HostEnd } from '../wire-plan.ts'
import { bridgeOf, linkLocalAddress } from './board-wire.ts'
import { type BoardDoor, remoteArgv, remoteKillArgv } from './ssh-argv.ts'

/** QEMU's, as the kernel keeps it. */
const machineName = 'qemu-system-aar'

/** A killed program's connection ends with it; one that does not is cut after this. */
const killPatienceMs = 5000

type HostParts = ConstructorParameters<typeof Host>

export class BoardHost extends Host {
  /** The board's interfaces, the one on the switch first. */
  readonly ends: readonly HostEnd[]

  constructor(ends: readonly HostEnd[], ...parts: HostParts) {
    super(...parts)
    this.ends = ends
  }

  /** How programs get in. */
  get door(): BoardDoor {
    const [first] = this.ends
    if (first === undefined) throw new TypeError(`board ${this.spec.name} is on no wire`)
    const address = `${linkLocalAddress(first.hardwareAddress)}%${bridgeOf(first.interfaceName)}`
    return { host: this.spec.name, address }
  }

  /** QEMU, as the machine numbers it; undefined when it has ended. */
  machinePid(): number | undefined {
    return findByName(this.ownProcesses(), [machineName])[0]
  }

  /** The board shares the checkout with the machine, and nothing else. */
  override sees(folder: string): boolean {
    return folder === checkout || folder.startsWith(`${checkout}/`)
  }

  /** The memory is the board's own; QEMU needs more. */
  protected override limits(): CgroupLimits {
    return { cpus: this.spec.cpus, memoryMiB: undefined }
  }

  /** Starts argv in the namespaces around the board. */
  launchOutside(argv: readonly string[], options: LaunchOptions = {}): ChildProcess {
    return super.launch(argv, options)
  }

  override launch(argv: readonly string[], options: LaunchOptions = {}): ChildProcess {
    const { env = {}, cwd = '/root', signal, stdio = 'pipe' } = options
    signal?.throwIfAborted()
    const id = randomBytes(8).toString('hex')
    const remote = remoteArgv(this.door, { argv, cwd, env, id, terminal: false })
    const child = super.launch(remote, { stdio })
    this.killsRemotely(child, id)
    const abort = () => child.kill('SIGKILL')
    signal?.addEventListener('abort', abort, { once: true })
    child.once('close', () => signal?.removeEventListener('abort', abort))
    return child
  }

  override attach(
    argv: readonly string[],
    { env = {}, cwd = '/root' }: Pick<LaunchOptions, 'env' | 'cwd'> = {},
  ): ChildProcess {
    const id = randomBytes(8).toString('hex')
    const terminal = process.stdin.isTTY === true
    const child = super.attach(remoteArgv(this.door, { argv, cwd, env, id, terminal }))
    this.killsRemotely(child, id)
    return child
  }

  /** ssh hands no signal on: the child's `kill` sends it to the program itself, by a second ssh. */
  private killsRemotely(child: ChildProcess, id: string): void {
    const killLocally = child.kill.bind(child)
    child.kill = (kind = 'SIGTERM') => {
      if (child.exitCode !== null || child.signalCode !== null || !this.hasPower()) return false
      const name = typeof kind === 'number' ? nameOf(kind) : kind
      if (name === 'SIGWINCH') return killLocally(kind)
      const [program = '', ...rest] = remoteKillArgv(this.door, id, name)
      const killer = super.launch([program, ...rest], { stdio: 'ignore' })
      killer.once('error', () => {})
      if (name === 'SIGKILL') {
        const timer = setTimeout(() => killLocally('SIGKILL'), killPatienceMs)
        child.once('close', () => clearTimeout(timer))
      }
      return true
    }
  }
}

function nameOf(signal: number): NodeJS.Signals {
  const [name] = Object.entries(constants.signals).find(([, number]) => number === signal) ?? ['SIGTERM']
  return name as NodeJS.Signals
}

/** Starts argv in the machine's namespaces but for the network, in `folder`. */
export function spawnBeside(argv: readonly string[], folder: string): ChildProcess {
  const [program = '', ...rest] = argv
  return spawn(program, rest, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], detached: true })
}
