// Real hosts that stages of one link stand on: reached, sampled, in cluster mode or out of it.

import { ShoalError } from '../../src/model/errors.ts'
import { allOrFirstError } from '../../src/pair/all-or-first-error.ts'
import { SshFolder, sshFolderPath } from '../../src/pair/ssh-folder.ts'
import type { Environment } from '../../src/pair/ssh-process.ts'
import { allAnswer } from './all-answer.ts'
import { awaitQuiet } from './await-quiet.ts'
import { assertHostsFit, pairContainers } from './fit-hosts.ts'
import type { Inventory, InventoryHost } from './inventory.ts'
import { localShell } from './local-shell.ts'
import { RealHost } from './real-host.ts'
import { type ChangedHosts, RunCluster } from './run-cluster.ts'
import { SampledHosts } from './sampled-hosts.ts'
import { openSshShell } from './ssh-shell.ts'
import type { HostFacts, Link, StageNeed } from './stage.ts'
import { StandingStage } from './standing-stage.ts'

type Say = (line: string) => void

/** What a campaign knows of its hosts from one ground to the next. */
export interface HostHistory {
  readonly changed: ChangedHosts
  /** Workers that were found fit: containers of pair mode that run there later are left by a cell that failed. */
  readonly wasFit: Set<string>
}

const removeLimitMs = 120_000
const sampleLimitMs = 30_000

export class RealGround {
  readonly #link: Link
  readonly #inventory: Inventory
  readonly #manager: RealHost
  readonly #client: RealHost
  readonly #workers: readonly RealHost[]
  readonly #powers: ReadonlyMap<string, string>
  readonly #samplers: SampledHosts
  readonly #history: HostHistory
  readonly #cluster: RunCluster
  #facts: readonly HostFacts[] | undefined
  #stage: StandingStage | undefined
  #say: Say

  private constructor(
    link: Link,
    inventory: Inventory,
    hosts: readonly RealHost[],
    history: HostHistory,
    say: Say,
  ) {
    const [manager, client, ...workers] = hosts
    if (manager === undefined || client === undefined)
      throw new TypeError('a stage without manager or client')
    this.#link = link
    this.#inventory = inventory
    this.#manager = manager
    this.#client = client
    this.#workers = workers
    this.#say = say
    this.#history = history
    this.#cluster = new RunCluster({ manager, workers, managerForWorkers: manager.address }, history.changed)
    this.#powers = new Map(specsOf(inventory, workers.length).map(({ name, power }) => [name, power]))
    this.#samplers = new SampledHosts({
      hosts,
      setting: { link, kind: 'real' },
      powerOf: ({ name }) => this.#powerOf(name),
      onSample: (sample) => this.#stage?.tell(sample),
      say: (line) => this.#say(line),
    })
  }

  /** Reaches every host. Nothing runs there yet. Throws ShoalError: which does not let us in; then all are left again. */
  static async reach(
    { link, workers }: Pick<StageNeed, 'link' | 'workers'>,
    inventory: Inventory,
    { env, history, signal, say }: ReachOptions,
  ): Promise<RealGround> {
    const folder = new SshFolder(sshFolderPath(env))
    const reached: RealHost[] = []
    try {
      const hosts = await allOrFirstError(specsOf(inventory, workers), signal, async (spec, inner) => {
        const host = await reachHost(spec, link, { folder, env, signal: inner })
        reached.push(host)
        return host
      })
      return new RealGround(link, inventory, hosts, history, say)
    } catch (error) {
      await Promise.all(reached.map((host) => host.close()))
      throw error
    }
  }

  /**
   * Whether stages of these needs could stand here, each with no more workers than were reached, and every host can be sampled. Changes nothing.
   * Throws ShoalError STAGE_FAILED, ENGINE_ABSENT, and the signal's reason.
   */
  async assertFit(needs: readonly StageNeed[], signal: AbortSignal): Promise<void> {
    const alike = Map.groupBy(needs, ({ mode, devices }) => `${mode} ${devices}`)
    for (const [need, ...others] of alike.values()) {
      if (need === undefined) continue
      const workers = Math.max(need.workers, ...others.map((other) => other.workers))
      await assertHostsFit(this.#first(workers), need, signal)
    }
    await allOrFirstError(this.#hosts, signal, (host, inner) => this.#trySample(host, inner))
  }

  /** Whether a stage of this need can stand on it: the same link and workers, and every host still answers. */
  async carries(need: StageNeed, signal: AbortSignal): Promise<boolean> {
    if (need.link !== this.#link || need.workers !== this.#workers.length) return false
    return await allAnswer(this.#hosts, ['true'], signal)
  }

  /** From whatever stage stood here before. What fails leaves it to be taken down. */
  async enter(need: StageNeed, signal: AbortSignal, say: Say): Promise<StandingStage> {
    this.#stage = undefined
    this.#say = say
    if (need.mode === 'pair' || !this.#cluster.isRunning) {
      await this.#cluster.stop(say)
      await this.#removeLeft(signal, say)
      await assertHostsFit(this.#first(this.#workers.length), need, signal)
      for (const { name } of this.#workers) this.#history.wasFit.add(name)
    }
    if (need.mode === 'cluster' && !this.#cluster.isRunning) await this.#cluster.start(signal, say)
    this.#facts ??= await this.#samplers.start(signal)
    this.#stage = new StandingStage({
      need,
      manager: this.#manager,
      client: this.#client,
      workers: this.#workers,
      facts: this.#facts,
      managerAddress: this.#managerForClient(),
      programsRun: () => need.mode === 'pair' || this.#cluster.isRunning,
    })
    await awaitQuiet(this.#stage, { signal, say })
    return this.#stage
  }

  /** Neither manager nor agent nor sampler of ours is left, and the connections are closed. */
  async takeDown(): Promise<void> {
    this.#stage = undefined
    await Promise.all([this.#samplers.stop(), this.#cluster.stop(this.#say)])
    await Promise.all(this.#hosts.map((host) => host.close()))
  }

  get #hosts(): readonly RealHost[] {
    return [this.#manager, this.#client, ...this.#workers]
  }

  #first(count: number) {
    return { manager: this.#manager, client: this.#client, workers: this.#workers.slice(0, count) }
  }

  #powerOf(name: string): string {
    return this.#powers.get(name) ?? 'auto'
  }

  /** Throws ShoalError STAGE_FAILED where the host's power cannot be had. */
  async #trySample(host: RealHost, signal: AbortSignal): Promise<void> {
    const argv = ['shoal', 'sample', '--every', '0.1', '--for', '0.1', '--power', this.#powerOf(host.name)]
    const { exitCode, stderr } = await host.exec(argv, { signal, timeoutMs: sampleLimitMs })
    if (exitCode === 0) return
    const reason = stderr.trim() || `shoal sample ended with ${exitCode}`
    throw new ShoalError('STAGE_FAILED', { action: 'sample', object: host.name, reason })
  }

  /** What a cell that failed could not remove, its host being gone, would be measured by all that follow. */
  async #removeLeft(signal: AbortSignal, say: Say): Promise<void> {
    for (const worker of this.#workers.filter(({ name }) => this.#history.wasFit.has(name))) {
      const left = await pairContainers(worker, signal)
      if (left.length === 0) continue
      say(`${worker.name}: removes what a cell that failed has left: ${left.join(', ')}`)
      const argv = ['shoal', 'pair', 'rm', `root@${worker.address}`, '--all']
      await this.#client.exec(argv, { signal, timeoutMs: removeLimitMs })
    }
  }

  /** The manager's end of a cable to the worker is not the client's to reach. */
  #managerForClient(): string {
    const { addresses } = this.#inventory.manager
    const { ethernet, wlan } = addresses
    return (this.#link === 'direct' ? (ethernet ?? wlan) : undefined) ?? this.#manager.address
  }
}

export interface ReachOptions {
  readonly env: Environment
  readonly history: HostHistory
  readonly signal: AbortSignal
  readonly say: Say
}

function specsOf({ manager, client, workers }: Inventory, count: number): readonly InventoryHost[] {
  return [manager, client, ...workers.slice(0, count)]
}

async function reachHost(
  spec: InventoryHost,
  link: Link,
  {
    folder,
    env,
    signal,
  }: { readonly folder: SshFolder; readonly env: Environment; readonly signal: AbortSignal },
): Promise<RealHost> {
  const { user, ssh: host, port } = spec
  const target = { label: `${user}@${host}`, user, host, port }
  const shell = spec.local ? localShell : await openSshShell(target, { folder, env, signal })
  try {
    return await RealHost.open(spec, link, shell, signal)
  } catch (error) {
    await shell.close()
    throw error
  }
}
