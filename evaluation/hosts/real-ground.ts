// Real hosts that stages of one link stand on: reached, sampled, in cluster mode or out of it.
import { allOrFirstError } from '../../src/pair/all-or-first-error.ts'
import { SshFolder, sshFolderPath } from '../../src/pair/ssh-folder.ts'
import type { Environment } from '../../src/pair/ssh-process.ts'
import { allAnswer } from './all-answer.ts'
import { awaitQuiet } from './await-quiet.ts'
import { assertHostsFit } from './fit-hosts.ts'
import type { Inventory, InventoryHost } from './inventory.ts'
import { localShell } from './local-shell.ts'
import { RealHost } from './real-host.ts'
import { RunCluster } from './run-cluster.ts'
import { SampledHosts } from './sampled-hosts.ts'
import { openSshShell } from './ssh-shell.ts'
import type { HostFacts, Link, StageNeed } from './stage.ts'
import { StandingStage } from './standing-stage.ts'

type Say = (line: string) => void

export class RealGround {
  readonly #link: Link
  readonly #inventory: Inventory
  readonly #manager: RealHost
  readonly #client: RealHost
  readonly #workers: readonly RealHost[]
  readonly #samplers: SampledHosts
  readonly #cluster: RunCluster
  #facts: readonly HostFacts[] | undefined
  #stage: StandingStage | undefined
  #say: Say

  private constructor(link: Link, inventory: Inventory, hosts: readonly RealHost[], say: Say) {
    const [manager, client, ...workers] = hosts
    if (manager === undefined || client === undefined)
      throw new TypeError('a stage without manager or client')
    this.#link = link
    this.#inventory = inventory
    this.#manager = manager
    this.#client = client
    this.#workers = workers
    this.#say = say
    this.#cluster = new RunCluster({ manager, workers, managerForWorkers: manager.address })
    const powers = new Map(specsOf(inventory, workers.length).map(({ name, power }) => [name, power]))
    this.#samplers = new SampledHosts({
      hosts,
      setting: { link, kind: 'real' },
      powerOf: ({ name }) => powers.get(name) ?? 'auto',
      onSample: (sample) => this.#stage?.tell(sample),
      say: (line) => this.#say(line),
    })
  }

  /** Reaches every host. Nothing runs there yet. Throws ShoalError: which does not let us in; then all are left again. */
  static async reach(
    { link, workers }: StageNeed,
    inventory: Inventory,
    env: Environment,
    signal: AbortSignal,
    say: Say,
  ): Promise<RealGround> {
    const folder = new SshFolder(sshFolderPath(env))
    const reached: RealHost[] = []
    try {
      const hosts = await allOrFirstError(specsOf(inventory, workers), signal, async (spec, inner) => {
        const host = await reachHost(spec, link, { folder, env, signal: inner })
        reached.push(host)
        return host
      })
      return new RealGround(link, inventory, hosts, say)
    } catch (error) {
      await Promise.all(reached.map((host) => host.close()))
      throw error
    }
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
      await assertHostsFit(
        { manager: this.#manager, client: this.#client, workers: this.#workers },
        need,
        signal,
      )
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

  /** The manager's end of a cable to the worker is not the client's to reach. */
  #managerForClient(): string {
    const { addresses } = this.#inventory.manager
    const { ethernet, wlan } = addresses
    return (this.#link === 'direct' ? (ethernet ?? wlan) : undefined) ?? this.#manager.address
  }
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
