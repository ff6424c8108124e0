// A lab: hosts with real engines and sshds, joined by links. Brought up, opened by its name, taken down.
import type { ChildProcess } from 'node:child_process'
import { ShoalError } from '../src/model/errors.ts'
import { nearestKey } from '../src/model/problems.ts'
import { Cgroup } from './cgroup.ts'
import { readCgroupLayout } from './cgroup-layout.ts'
import { dockerd, engineVersion, sshd, startDaemon, stopDaemon } from './daemons.ts'
import { assertFit } from './fitness.ts'
import { type ExecOptions, Host, type LaunchOptions } from './host.ts'
import { type HostKeys, makeHostFolders, writeHostFiles } from './host-files.ts'
import { makeHostKeys } from './host-keys.ts'
import { defaultDataFolder, hostPaths, type LabPaths, labPaths } from './lab-paths.ts'
import type { CommandResult } from './run-command.ts'
import { claimLab, isBeingMade, readState, writeState } from './state.ts'
import { type LabStatus, readLabStatus } from './status.ts'
import { takeDown } from './take-down.ts'
import { together } from './together.ts'
import type { Topology } from './topology.ts'
import { addressOf, planWires, type WirePlan, wiresOf } from './wire-plan.ts'
import { Wiring } from './wiring.ts'

/** What a test, a demo or a bench does with a host. */
export interface LabHost {
  readonly name: string
  /** On the switch; for a host without a wire to it, on its first cable. */
  readonly address: string
  /** Runs a program to its end, whatever its exit code. Throws `LAB_EXEC_TIMEOUT`, `LAB_HOST_OFF`, or the signal's reason. */
  exec(argv: readonly string[], options?: ExecOptions): Promise<CommandResult>
  /** Starts a program. The child's `kill` reaches it, and with SIGKILL its process group. */
  spawn(argv: readonly string[], options?: LaunchOptions): ChildProcess
  /** Starts a program on the caller's own terminal. */
  attach(argv: readonly string[], options?: Pick<LaunchOptions, 'env' | 'cwd'>): ChildProcess
  /** Whether the host sees the folder: it shares with the machine all but /etc, /root, /run and /var. */
  sees(folder: string): boolean
  /** Pulls out every wire of the host. */
  cutLink(): Promise<void>
  mendLink(): Promise<void>
  /** As if its plug were pulled: all its processes are killed. Its private folders stay. */
  powerOff(): Promise<void>
  /** Boots it again, with its wires, sshd and engine. */
  powerOn(signal?: AbortSignal): Promise<void>
  /** `SIGKILL`: as a crash would end it. Default: `SIGTERM`. */
  stopEngine(kind?: 'SIGTERM' | 'SIGKILL'): Promise<void>
  startEngine(signal?: AbortSignal): Promise<void>
  stopSshd(): Promise<void>
  startSshd(signal?: AbortSignal): Promise<void>
}

export interface LabUpOptions {
  /** Default: the topology's. */
  readonly name?: string
  /** Default: /var/lib/shoal/lab. */
  readonly dataFolder?: string
  /** Aborted: what was done is undone. */
  readonly signal: AbortSignal
  /** A line for the person who waits. */
  readonly progress?: (line: string) => void
}

export class Lab {
  readonly name: string
  readonly topology: Topology
  private readonly paths: LabPaths
  private readonly hostsByName: ReadonlyMap<string, Host>
  private readonly wires: readonly WirePlan[]
  private readonly wiring: Wiring

  private constructor(paths: LabPaths, topology: Topology) {
    const layout = readCgroupLayout()
    this.name = paths.name
    this.topology = topology
    this.paths = paths
    this.wires = planWires(topology)
    this.hostsByName = new Map(
      topology.hosts.map((spec) => {
        const own = hostPaths(paths, spec.name)
        return [spec.name, new Host(paths.name, spec, own, new Cgroup(layout, own.cgroup))]
      }),
    )
    this.wiring = new Wiring({ paths, layout, topology, wires: this.wires, hosts: this.hostsByName })
  }

  /**
   * Brings a lab up: when this resolves, every engine and sshd answers. When it fails, or the signal is aborted, nothing is left.
   * Throws `LAB_UNFIT`, `LAB_EXISTS`, `LAB_STEP_FAILED`, `LAB_DAEMON_FAILED`, `FILE_UNWRITABLE`, `INTERRUPTED`.
   */
  static async up(topology: Topology, options: LabUpOptions): Promise<Lab> {
    const { name = topology.name, dataFolder = defaultDataFolder, signal, progress = () => {} } = options
    assertFit(topology)
    const paths = labPaths(dataFolder, name)
    const state = claimLab(paths, topology)
    try {
      const lab = new Lab(paths, topology)
      await lab.build(signal, progress)
      signal.throwIfAborted()
      writeState(paths, { ...state, phase: 'up' })
      return lab
    } catch (error) {
      await takeDown(paths)
      throw signal.aborted ? interrupted(name, signal.reason) : error
    }
  }

  /** A lab that is up, by its name. Throws `LAB_NOT_UP`. */
  static async open(name: string, dataFolder: string = defaultDataFolder): Promise<Lab> {
    const paths = labPaths(dataFolder, name)
    const state = readState(paths)
    if (state?.phase === 'up') return new Lab(paths, state.topology)
    const making = state !== undefined && isBeingMade(state)
    throw new ShoalError('LAB_NOT_UP', {
      action: 'open',
      object: `lab "${name}"`,
      place: paths.dataFolder,
      reason: making
        ? `process ${state.starter.pid} is still bringing it up`
        : state === undefined
          ? 'there is no such lab'
          : 'its up ended half-way',
      nextStep: making
        ? 'wait for that up to end'
        : state === undefined
          ? 'shoal lab up'
          : `shoal lab down --name ${name}`,
    })
  }

  get hosts(): readonly LabHost[] {
    return this.topology.hosts.map(({ name }) => this.host(name))
  }

  /** Throws `LAB_HOST_UNKNOWN`. */
  host(name: string): LabHost {
    const host = this.hostsByName.get(name)
    if (host === undefined) throw this.unknownHost(name)
    const wires = wiresOf(name, this.wires)
    return {
      name,
      address: addressOf(name, this.wires),
      exec: (argv, options) => host.exec(argv, options),
      spawn: (argv, options) => host.launch(argv, options),
      attach: (argv, options) => host.attach(argv, options),
      sees: (folder) => host.sees(folder),
      cutLink: async () => {
        for (const wire of wires) await this.wiring.cut(wire)
      },
      mendLink: async () => {
        for (const wire of wires) await this.wiring.mend(wire)
      },
      powerOff: async () => {
        await host.powerOff()
        for (const wire of wires) await this.wiring.remove(wire)
      },
      powerOn: (signal) => this.powerOn(host, signal ?? new AbortController().signal),
      stopEngine: (kind = 'SIGTERM') => stopDaemon(host, dockerd, kind),
      startEngine: (signal) => startDaemon(host, dockerd, signal),
      stopSshd: () => stopDaemon(host, sshd, 'SIGTERM'),
      startSshd: (signal) => startDaemon(host, sshd, signal),
    }
  }

  /** What is up, and what each link does; with `measure`, that takes about a second a link. */
  async status(options: { readonly measure: boolean; readonly signal: AbortSignal }): Promise<LabStatus> {
    const { paths, hostsByName, wires, wiring } = this
    return readLabStatus({ paths, hosts: [...hostsByName.values()], wires, wiring }, options)
  }

  /** Leaves nothing of it. Already down is fine. */
  async down(): Promise<void> {
    await takeDown(this.paths)
  }

  private async build(signal: AbortSignal, progress: (line: string) => void): Promise<void> {
    const hosts = [...this.hostsByName.values()]
    const keys = new Map<string, HostKeys>()
    for (const { paths } of hosts) makeHostFolders(paths)
    await together(
      hosts.map(({ paths, spec }) => async (stop) => {
        keys.set(spec.name, await makeHostKeys(paths, spec.name, stop))
      }),
      signal,
    )
    for (const { paths, spec } of hosts) writeHostFiles(paths, spec, this.topology, this.wires, keys)
    progress(`boots ${hosts.length} hosts`)
    await together(
      [(stop) => this.wiring.startSwitch(stop), ...hosts.map((host) => host.boot.bind(host))],
      signal,
    )
    progress(`lays ${this.wires.length} links`)
    await together(
      this.wires.map((wire) => (stop) => this.wiring.lay(wire, stop)),
      signal,
    )
    progress('starts sshds and engines')
    await together(
      hosts.map((host) => async (stop) => {
        await startServices(host, stop)
        progress(
          `${host.spec.name} is up${host.spec.engine ? ` with engine ${await engineVersion(host)}` : ''}`,
        )
      }),
      signal,
    )
  }

  private async powerOn(host: Host, signal: AbortSignal): Promise<void> {
    if (host.hasPower()) return
    await host.boot(signal)
    for (const wire of wiresOf(host.spec.name, this.wires)) {
      const other = wire.near.host === host.spec.name ? wire.far.host : wire.near.host
      // A cable to a host without power is laid when that one boots.
      if (other === undefined || this.hostsByName.get(other)?.hasPower()) await this.wiring.lay(wire, signal)
    }
    await startServices(host, signal)
  }

  private unknownHost(name: string): ShoalError {
    const known = [...this.hostsByName.keys()]
    const nearest = nearestKey(name, known)
    return new ShoalError('LAB_HOST_UNKNOWN', {
      action: 'find',
      object: `host "${name}"`,
      place: `lab "${this.name}"`,
      reason: `its hosts are ${known.join(', ')}`,
      ...(nearest === undefined ? {} : { nextStep: `did you mean "${nearest}"?` }),
    })
  }
}

async function startServices(host: Host, signal: AbortSignal): Promise<void> {
  const engine = host.spec.engine ? [(stop: AbortSignal) => startDaemon(host, dockerd, stop)] : []
  await together([(stop) => startDaemon(host, sshd, stop), ...engine], signal)
}

function interrupted(name: string, cause: unknown): ShoalError {
  return new ShoalError('INTERRUPTED', {
    action: 'bring up',
    object: `lab "${name}"`,
    reason: 'stopped; what was done has been undone',
    cause,
  })
}
