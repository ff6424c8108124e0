// Lays, cuts and mends the wires of a lab: the switch, the interfaces in the hosts, their addresses.
import { ShoalError } from '../src/model/errors.ts'
import { boardWireArgs } from './board/board-wire.ts'
import { Cgroup } from './cgroup.ts'
import type { CgroupLayout } from './cgroup-layout.ts'
import { endCgroup } from './end-cgroup.ts'
import { hostEnvironment, joinArgv, switchArgv } from './enter.ts'
import type { Host } from './host.ts'
import { findInit } from './host-process.ts'
import { type LabPaths, switchCgroup, switchLog, wireCgroup } from './lab-paths.ts'
import { launchDaemon } from './launch.ts'
import { linkKinds } from './links/kinds.ts'
import type { Wire, Workshop } from './links/link-kind.ts'
import { inNetwork } from './links/namespace-argv.ts'
import { runCommand, runStep, type Step } from './run-command.ts'
import { parseSubnet } from './subnet.ts'
import type { Topology } from './topology.ts'
import { type HostEnd, type PortEnd, switchAddress, type WirePlan, wiresOf } from './wire-plan.ts'

const endTimeoutMs = 10_000

export interface WiringParts {
  readonly paths: LabPaths
  readonly layout: CgroupLayout
  readonly topology: Topology
  readonly wires: readonly WirePlan[]
  readonly hosts: ReadonlyMap<string, Host>
}

export class Wiring {
  private readonly parts: WiringParts

  constructor(parts: WiringParts) {
    this.parts = parts
  }

  /** Makes the switch, with no wire in it. */
  async startSwitch(signal: AbortSignal | undefined): Promise<void> {
    const { paths, topology } = this.parts
    const cgroup = this.switchCgroup()
    cgroup.create()
    const prefix = parseSubnet(topology.subnet)?.prefixLength
    const argv = joinArgv(cgroup.joinFiles(), switchArgv(`${switchAddress(topology)}/${prefix}`))
    const step = { action: 'start', object: 'the switch', place: `lab "${paths.name}"` }
    await launchDaemon(step, argv, switchLog(paths), { env: hostEnvironment(), signal })
  }

  /** The switch's init. Throws `LAB_STEP_FAILED` when it has gone. */
  switchPid(): number {
    const pid = findInit(this.switchCgroup().ownProcesses())
    if (pid !== undefined) return pid
    const { name } = this.parts.paths
    throw new ShoalError('LAB_STEP_FAILED', {
      action: 'enter',
      object: 'the switch',
      place: `lab "${name}"`,
      reason: 'it has ended',
      nextStep: `shoal lab down --name ${name}, then up again`,
    })
  }

  /** Lays the wire between two hosts, or a host and the switch; all must have power. It carries at once. */
  async lay(plan: WirePlan, signal: AbortSignal | undefined): Promise<void> {
    const wire: Wire = {
      id: plan.id,
      figures: plan.figures,
      near: { pid: this.pidOf(plan.near), interfaceName: plan.near.interfaceName },
      far: { pid: this.pidOf(plan.far), interfaceName: plan.far.interfaceName },
    }
    await linkKinds[plan.kind].lay(wire, this.workshop(plan, signal))
    const step = this.step('lay', plan)
    for (const end of [plan.near, plan.far]) {
      if (this.isOfBoard(end)) {
        for (const words of boardWireArgs(end.interfaceName)) await this.ip(step, end, words, signal)
      }
      await this.bringUp(step, plan, end, signal)
    }
  }

  /** Removes what is left of a wire after a host of it lost its power. The kernel would, a little later than the next boot may come. */
  async remove(plan: WirePlan): Promise<void> {
    await endCgroup(this.wireCgroup(plan), endTimeoutMs)
    for (const end of [plan.near, plan.far]) {
      if (end.host !== undefined && !this.parts.hosts.get(end.host)?.hasPower()) continue
      await runCommand(inNetwork(this.pidOf(end), ['ip', 'link', 'delete', end.interfaceName]))
    }
  }

  /** Pulls the far end out: nothing passes, and where the kernel lays the wire the host sees its carrier go. */
  async cut(plan: WirePlan, signal?: AbortSignal): Promise<void> {
    const step = this.step('cut', plan)
    await this.ip(step, plan.far, ['link', 'set', plan.far.interfaceName, 'down'], signal)
  }

  async mend(plan: WirePlan, signal?: AbortSignal): Promise<void> {
    await this.bringUp(this.step('mend', plan), plan, plan.far, signal)
  }

  /** Whether the wire carries: it is laid and not cut. */
  async carries(plan: WirePlan): Promise<boolean> {
    const argv = ['ip', '-json', 'link', 'show', 'dev', plan.far.interfaceName, 'up']
    const { exitCode, stdout } = await runCommand(inNetwork(this.pidOf(plan.far), argv))
    return exitCode === 0 && stdout.includes(`"${plan.far.interfaceName}"`)
  }

  private isOfBoard({ host }: HostEnd | PortEnd): boolean {
    return host !== undefined && this.parts.hosts.get(host)?.spec.kind === 'board'
  }

  private async bringUp(
    step: Step,
    plan: WirePlan,
    end: HostEnd | PortEnd,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { interfaceName: name } = end
    // Its address and hardware address are the board's own.
    if (this.isOfBoard(end)) {
      await this.ip(step, end, ['link', 'set', name, 'up'], signal)
      return
    }
    if (end.host === undefined) {
      await this.ip(step, end, ['link', 'set', name, 'master', 'switch', 'up'], signal)
      return
    }
    await this.ip(
      step,
      end,
      ['address', 'replace', `${end.address}/${end.prefixLength}`, 'dev', name],
      signal,
    )
    await this.ip(step, end, ['link', 'set', name, 'address', end.hardwareAddress, 'up'], signal)
    // Without a default route nothing else says where multicast goes.
    const [first] = wiresOf(end.host, this.parts.wires)
    if (first === plan) await this.ip(step, end, ['route', 'replace', '224.0.0.0/4', 'dev', name], signal)
  }

  private async ip(
    step: Step,
    end: HostEnd | PortEnd,
    words: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    await runStep(step, inNetwork(this.pidOf(end), ['ip', ...words]), { signal })
  }

  private workshop(plan: WirePlan, signal: AbortSignal | undefined): Workshop {
    const step = this.step('lay', plan)
    return {
      run: (argv) => runStep(step, argv, { signal }),
      works: (argv) => works(argv, signal),
      leave: async (_wire, argv) => {
        const cgroup = this.wireCgroup(plan)
        cgroup.create()
        await runStep(step, joinArgv(cgroup.joinFiles(), argv), { signal })
      },
      switchPid: this.switchPid(),
    }
  }

  private step(action: string, { kind, near, far }: WirePlan): Step {
    return { action, object: `the ${kind} link`, place: `${near.host} to ${far.host ?? 'the switch'}` }
  }

  /** A process in the network namespace of the end. */
  pidOf(end: HostEnd | PortEnd): number {
    if (end.host === undefined) return this.switchPid()
    const host = this.parts.hosts.get(end.host)
    if (host === undefined) throw new TypeError(`the lab has no host ${end.host}`)
    return host.init()
  }

  private switchCgroup(): Cgroup {
    return new Cgroup(this.parts.layout, switchCgroup(this.parts.paths))
  }

  private wireCgroup({ id }: WirePlan): Cgroup {
    return new Cgroup(this.parts.layout, wireCgroup(this.parts.paths, id))
  }
}

/** A program that is not there does not work either. */
async function works(argv: readonly string[], signal: AbortSignal | undefined): Promise<boolean> {
  try {
    return (await runCommand(argv, { signal })).exitCode === 0
  } catch {
    signal?.throwIfAborted()
    return false
  }
}
