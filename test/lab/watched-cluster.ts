// A cluster for the tests of failover: two workers with agents, a manager with the monitor, a client that asks without end.
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Lab, type LabHost } from '../../lab/lab.ts'
import { parseTopology } from '../../lab/topology.ts'
import { Engine } from '../../src/engine/engine.ts'
import { heartbeatMs } from '../../src/manager/take-swarm.ts'
import type { ClusterEvent } from '../../src/model/cluster/event.ts'
import type { ClusterInstance } from '../../src/model/cluster/instance.ts'
import type { ClusterNode } from '../../src/model/cluster/node.ts'
import { parseCompose } from '../../src/model/compose/parse-compose.ts'
import { renderSwarmService } from '../../src/model/swarm-service.ts'
import { labFolder } from './lab-folder.ts'
import { imageFolder } from './pair-lab.ts'

export const workers = ['w1', 'w2'] as const
export type Worker = (typeof workers)[number]

export interface Answer {
  readonly uri: string
  /** Of the machine's monotonic clock. */
  readonly atMs: number
}

export interface AgentCost {
  readonly cpuMs: number
  readonly rssBytes: number
}

export class WatchedCluster {
  readonly lab: Lab
  readonly engine: Engine
  readonly events: ClusterEvent[] = []
  readonly answers: Answer[] = []
  /** The last thing that each agent said of itself. */
  readonly costs = new Map<string, AgentCost>()
  readonly #folder: string
  readonly #agents = new Map<string, ChildProcess>()
  #monitor: ChildProcess | undefined

  private constructor(lab: Lab, folder: string, socketPath: string) {
    this.lab = lab
    this.engine = new Engine({ socketPath, place: 'manager' })
    this.#folder = folder
  }

  static async up(name: string, subnet: string): Promise<WatchedCluster> {
    const folder = mkdtempSync(join(tmpdir(), 'shoal-watched-'))
    const socketPath = join(folder, 'docker.sock')
    const topology = `
subnet: ${subnet}
hosts:
  - {name: manager, daemon: {hosts: ["unix:///var/run/docker.sock", "unix://${socketPath}"]}}
  - {name: w1}
  - {name: w2}
  - {name: client, engine: false}
`
    const lab = await Lab.up(parseTopology(topology, name), {
      name,
      dataFolder: labFolder(),
      signal: AbortSignal.timeout(120_000),
    })
    const cluster = new WatchedCluster(lab, folder, socketPath)
    try {
      await cluster.#form()
    } catch (error) {
      await cluster.down()
      throw error
    }
    return cluster
  }

  async #form(): Promise<void> {
    const manager = this.lab.host('manager').address
    await this.engine.swarm.init({
      advertiseAddress: manager,
      heartbeatMs,
      taskHistory: 2,
      availability: 'drain',
    })
    const token = await this.engine.swarm.joinToken()
    for (const name of workers) {
      await this.must(name, ['docker', 'swarm', 'join', '--token', token, `${manager}:2377`])
      await this.must(name, ['shoal', 'image', 'build', 'compute'])
    }
    await this.eventually('all nodes are ready', async () =>
      (await this.engine.nodes.list()).every(({ state }) => state === 'ready'),
    )
    await this.#startMonitor()
    for (const name of workers) await this.startAgent(name)
  }

  async #startMonitor(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#monitor = this.run('manager', 'monitor-program.ts', [], (line) => {
        if ((line as { readonly kind?: string }).kind === 'ready') resolve()
        else this.events.push(line as ClusterEvent)
      })
    })
  }

  /** It dies without a word, and begins anew with nothing but what Swarm holds. */
  async restartMonitor(): Promise<void> {
    const old = this.#monitor
    if (old !== undefined) {
      const ended = once(old, 'exit')
      old.kill('SIGKILL')
      await ended
    }
    await this.#startMonitor()
  }

  async down(): Promise<void> {
    this.engine.close()
    await this.lab.down()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  host(name: string): LabHost {
    return this.lab.host(name)
  }

  async node(name: string): Promise<ClusterNode> {
    const node = (await this.engine.nodes.list()).find((each) => each.name === name)
    if (node === undefined) throw new Error(`no node ${name}`)
    return node
  }

  async startAgent(name: string): Promise<void> {
    const { id } = await this.node(name)
    const agent = this.run(name, 'agent-program.ts', [this.lab.host('manager').address, id], (line) => {
      if ('rssBytes' in (line as object)) this.costs.set(name, line as AgentCost)
      else if (process.env.SHOAL_TEST_LOG !== undefined) console.log(name, JSON.stringify(line))
    })
    this.#agents.set(name, agent)
  }

  killAgent(name: string): void {
    this.#agents.get(name)?.kill('SIGKILL')
  }

  /** From now on the client asks these without end. */
  ask(uris: readonly string[]): ChildProcess {
    return this.run('client', 'answers-program.ts', uris, (line) => this.answers.push(line as Answer))
  }

  /** Tells the monitor of a number before Swarm is told. */
  apply(serviceId: string, active: number): void {
    this.#monitor?.stdin?.write(`${JSON.stringify({ serviceId, active })}\n`)
  }

  /** A program of this folder in a host; each line that it prints is JSON. */
  run(
    hostName: string,
    program: string,
    argv: readonly string[],
    onLine: (line: unknown) => void,
  ): ChildProcess {
    const path = fileURLToPath(new URL(program, import.meta.url))
    const child = this.host(hostName).spawn([process.execPath, path, ...argv])
    child.stderr?.setEncoding('utf8').on('data', (text: string) => console.error(`${hostName}: ${text}`))
    if (child.stdout !== null)
      createInterface({ input: child.stdout }).on('line', (line) => onLine(JSON.parse(line)))
    return child
  }

  /** Deploys the services of a Compose file whose image every worker has. @returns Swarm's id of the only one */
  async deploy(compose: string): Promise<string> {
    const application = parseCompose(compose, { mode: 'cluster', fileName: 'compose.yaml' })
    const [service] = application.services
    if (service === undefined) throw new Error('no service')
    const spec = renderSwarmService(application, service, {
      image: service.image,
      platforms: [],
      secretIds: new Map(),
      configIds: new Map(),
    })
    return (await this.engine.services.create(spec, {})).id
  }

  /** Those that Swarm runs and wants to run. */
  async running(serviceId: string): Promise<readonly ClusterInstance[]> {
    const instances = await this.engine.tasks.list({ serviceId, desiredState: 'running' })
    return instances.filter(({ state }) => state === 'running')
  }

  async workerOf({ nodeId }: ClusterInstance): Promise<Worker> {
    const node = (await this.engine.nodes.list()).find(({ id }) => id === nodeId)
    const worker = workers.find((name) => name === node?.name)
    if (worker === undefined) throw new Error(`it runs on no worker: ${nodeId}`)
    return worker
  }

  /** @returns stdout of a program that has to succeed. */
  async must(hostName: string, argv: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.host(hostName).exec(argv, {
      env: { SHOAL_IMAGES: imageFolder },
    })
    if (exitCode !== 0) throw new Error(`${hostName}: ${argv.join(' ')}: ${stderr}`)
    return stdout
  }

  /** @returns its time */
  async firstAnswer(uri: string, afterMs: number, deadlineMs: number): Promise<number> {
    let found: Answer | undefined
    await this.eventually(
      `${uri} answers`,
      async () => {
        found = this.answers.find((answer) => answer.uri === uri && answer.atMs > afterMs)
        return found !== undefined
      },
      deadlineMs,
    )
    return found?.atMs ?? Number.NaN
  }

  /** For how long both answered since then: from the first answer of the one to the last of the other. */
  bothAnsweredMs(one: string, other: string, afterMs: number): number {
    const times = (uri: string): readonly number[] =>
      this.answers.filter((answer) => answer.uri === uri && answer.atMs > afterMs).map(({ atMs }) => atMs)
    const [a, b] = [times(one), times(other)]
    const begin = Math.max(a[0] ?? Number.POSITIVE_INFINITY, b[0] ?? Number.POSITIVE_INFINITY)
    const end = Math.min(a.at(-1) ?? 0, b.at(-1) ?? 0)
    return Math.max(0, end - begin)
  }

  async eventually(what: string, holds: () => Promise<boolean>, deadlineMs = 30_000): Promise<void> {
    const endMs = performance.now() + deadlineMs
    while (!(await holds())) {
      if (performance.now() > endMs)
        throw new Error(
          `not within ${deadlineMs} ms: ${what}; events: ${JSON.stringify(this.events.slice(-8))}`,
        )
      await delay(10)
    }
  }
}

/** Milliseconds of the machine's monotonic clock, the same in every process. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
