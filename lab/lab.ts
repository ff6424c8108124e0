// A lab: hosts with real engines and sshds, joined by links. Brought up, opened by its name, taken down.
import type { ChildProcess } from 'node:child_process'
import { ShoalError } from '../src/model/errors.ts'
import { nearestKey } from '../src/model/problems.ts'
import { defaultBoardCache } from './board/image/board-image.ts'
import { openLines } from './board/lines-of-board.ts'
import type { Qtest } from './board/qtest.ts'
import { buildLab } from './build-lab.ts'
import { assertFit } from './fitness.ts'
import type { ExecOptions, LaunchOptions } from './host.ts'
import { type LabParts, makeLabParts } from './lab-parts.ts'
import { defaultDataFolder, type LabPaths, labPaths } from './lab-paths.ts'
import { liveWires, powerOff, powerOn } from './power.ts'
import type { CommandResult } from './run-command.ts'
import { servicesOf } from './services-of.ts'
import { claimLab, isBeingMade, readState, writeState } from './state.ts'
import { type LabStatus, readLabStatus } from './status.ts'
import { takeDown } from './take-down.ts'
import type { Topology } from './topology.ts'
import { addressOf } from './wire-plan.ts'

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
  /** Of a board: the wires at its GPIO chip, from outside. Throws `LAB_HOST_OFF`. */
  openLines(): Promise<Qtest>
}

export interface LabUpOptions {
  /** Default: the topology's. */
  readonly name?: string
  /** Default: /var/lib/shoal/lab. */
  readonly dataFolder?: string
  /** Where the images of boards are kept between runs. Default: ~/.cache/shoal/board. */
  readonly boardCache?: string
  /** Aborted: what was done is undone. */
  readonly signal: AbortSignal
  /** A line for the person who waits. */
  readonly progress?: (line: string) => void
}

export class Lab {
  readonly name: string
  readonly topology: Topology
  private readonly parts: LabParts

  private constructor(parts: LabParts) {
    this.name = parts.paths.name
    this.topology = parts.topology
    this.parts = parts
  }

  /**
   * Brings a lab up: when this resolves, every engine and sshd answers. When it fails, or the signal is aborted, nothing is left.
   * Throws `LAB_UNFIT`, `LAB_EXISTS`, `LAB_STEP_FAILED`, `LAB_DAEMON_FAILED`, `FILE_UNWRITABLE`, `INTERRUPTED`.
   */
  static async up(topology: Topology, options: LabUpOptions): Promise<Lab> {
    const { name = topology.name, dataFolder = defaultDataFolder, signal, progress = () => {} } = options
    const boardCache = options.boardCache ?? defaultBoardCache
    assertFit(topology)
    const paths = labPaths(dataFolder, name)
    const state = claimLab(paths, topology)
    try {
      const parts = makeLabParts(paths, topology)
      await buildLab(parts, { signal, progress, boardCache })
      signal.throwIfAborted()
      writeState(paths, { ...state, phase: 'up' })
      return new Lab(parts)
    } catch (error) {
      await undo(paths, error)
      throw signal.aborted ? interrupted(name, signal.reason) : error
    }
  }

  /** A lab that is up, by its name. Throws `LAB_NOT_UP`. */
  static async open(name: string, dataFolder: string = defaultDataFolder): Promise<Lab> {
    const paths = labPaths(dataFolder, name)
    const state = readState(paths)
    if (state?.phase === 'up') return new Lab(makeLabParts(paths, state.topology))
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
    const { parts } = this
    const host = parts.hosts.get(name)
    if (host === undefined) throw this.unknownHost(name)
    const services = servicesOf(host)
    return {
      name,
      address: addressOf(name, parts.wires),
      exec: (argv, options) => host.exec(argv, options),
      spawn: (argv, options) => host.launch(argv, options),
      attach: (argv, options) => host.attach(argv, options),
      sees: (folder) => host.sees(folder),
      cutLink: async () => {
        for (const wire of liveWires(parts, host)) await parts.wiring.cut(wire)
      },
      mendLink: async () => {
        for (const wire of liveWires(parts, host)) await parts.wiring.mend(wire)
      },
      powerOff: () => powerOff(parts, host),
      powerOn: (signal = new AbortController().signal) => powerOn(parts, host, signal),
      stopEngine: (kind = 'SIGTERM') => services.stopEngine(kind),
      startEngine: (signal) => services.startEngine(signal),
      stopSshd: () => services.stopSshd(),
      startSshd: (signal) => services.startSshd(signal),
      openLines: () => openLines(host),
    }
  }

  /** What is up, and what each link does; with `measure`, that takes about a second a link. */
  async status(options: { readonly measure: boolean; readonly signal: AbortSignal }): Promise<LabStatus> {
    return readLabStatus(this.parts, options)
  }

  /** Leaves nothing of it. Already down is fine. */
  async down(): Promise<void> {
    await takeDown(this.parts.paths)
  }

  private unknownHost(name: string): ShoalError {
    const known = [...this.parts.hosts.keys()]
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

/** When that fails as well, the user must hear of both. */
async function undo(paths: LabPaths, failure: unknown): Promise<void> {
  try {
    await takeDown(paths)
  } catch (error) {
    const [first, second] = [failure, error].map((one) => (one instanceof Error ? one.message : String(one)))
    throw new ShoalError('LAB_DOWN_FAILED', {
      action: 'undo the up',
      object: `lab "${paths.name}"`,
      reason: `${second}\nwhich was to be undone because of: ${first}`,
      nextStep: `shoal lab down --name ${paths.name}`,
      cause: failure,
    })
  }
}

function interrupted(name: string, cause: unknown): ShoalError {
  return new ShoalError('INTERRUPTED', {
    action: 'bring up',
    object: `lab "${name}"`,
    reason: 'stopped; what was done has been undone',
    cause,
  })
}
