// One server asked by one client for one thing, round after round.
import { percentile, sortSamples } from '../../evaluation/samples.ts'
import type { ClientKind } from './clients.ts'
import type { LoadProcess } from './load-process.ts'
import type { ServerKind, ServerProcess } from './server-process.ts'
import { type Case, warmUpCount } from './workload.ts'

export interface Pair {
  readonly server: ServerKind
  readonly client: ClientKind
}

/** A value a round, in the order of the rounds. */
export interface Figures {
  readonly p50Us: number[]
  readonly p99Us: number[]
  readonly requestsPerSecond: number[]
  /** The server's processor time a request, user and system. */
  readonly serverCpuUs: number[]
}

export class Series {
  readonly pair: Pair
  readonly load: Case
  readonly figures: Figures = { p50Us: [], p99Us: [], requestsPerSecond: [], serverCpuUs: [] }
  failures = 0

  constructor(pair: Pair, load: Case) {
    this.pair = pair
    this.load = load
  }

  get name(): string {
    return `${this.load.name}: ${this.pair.server} asked by ${this.pair.client}`
  }

  /** One round. @returns why a request failed, when one did. */
  async measure(
    server: ServerProcess,
    client: LoadProcess,
    keep: boolean,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { load, figures } = this
    const { port } = server
    if (load.method === 'get') await client.run({ port, task: 'store', load }, signal)
    const cpuBeforeUs = server.cpuUs()
    const result = await client.run({ port, task: 'measure', load }, signal)
    const cpuUs = server.cpuUs() - cpuBeforeUs
    this.failures += result.failures
    if (keep && result.responseTimesMs.length > 0) {
      const sorted = sortSamples(result.responseTimesMs)
      figures.p50Us.push(percentile(sorted, 0.5) * 1_000)
      figures.p99Us.push(percentile(sorted, 0.99) * 1_000)
      figures.requestsPerSecond.push(sorted.length / (result.elapsedMs / 1_000))
      figures.serverCpuUs.push(cpuUs / (load.count + warmUpCount))
    }
    return result.firstFailure
  }
}
