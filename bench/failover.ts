// Failover after a worker was cut off: Shoal beside Swarm at its defaults, on the same lab, one after the other.
import { runHostProgram } from '../evaluation/host-program.ts'
import { mustRun } from '../evaluation/must-run.ts'
import { percentile, sortSamples } from '../evaluation/samples.ts'
import type { LabHost } from '../lab/lab.ts'
import { type ClusterLab, withClusterLab } from './cluster-lab.ts'
import {
  type BenchContext,
  type BenchResult,
  type Goal,
  readSetting,
  renderGoals,
  renderMarkdownTable,
  renderMedian,
} from './result.ts'

const rounds = 10
const limitMs = 90_000
const goalMs = 6000
const series = { shoal: 'Shoal', swarm: 'Swarm at its defaults' } as const

export async function benchFailover(context: BenchContext): Promise<BenchResult> {
  const { signal, progress } = context
  const values: Record<string, number[]> = { [series.shoal]: [], [series.swarm]: [] }
  const failures: Record<string, number> = {}
  const setting = readSetting({})
  const take = async (name: string, measure: () => Promise<number>) => {
    try {
      const ms = await measure()
      values[name]?.push(ms)
      progress(`${name}: ${(ms / 1000).toFixed(2)} s`)
    } catch (error) {
      signal.throwIfAborted()
      failures[name] = (failures[name] ?? 0) + 1
      progress(`${name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  await withClusterLab(context, 2, async (cluster) => {
    const { client, manager } = cluster
    await mustRun(
      client,
      ['coap-client-notls', '-B', '60', '-m', 'post', `coap://${manager.address}/services/compute`],
      signal,
    )
    for (let round = 1; round <= rounds; round += 1) {
      progress(`round ${round} of ${rounds}`)
      await take(series.shoal, () => cutUnderShoal(cluster, signal))
      await settle(cluster, signal)
    }
    await mustRun(
      client,
      ['coap-client-notls', '-B', '60', '-m', 'delete', `coap://${manager.address}/services/compute`],
      signal,
    )
  })
  await withPlainSwarm(context, async (manager, workers) => {
    for (let round = 1; round <= rounds; round += 1) {
      progress(`round ${round} of ${rounds}`)
      await take(series.swarm, () => cutUnderSwarm(manager, workers, signal))
    }
  })
  const p95 = percentile(sortSamples(values[series.shoal] ?? []), 0.95)
  const goals: Goal[] = [
    {
      goal: 'p95 from the cut to the first answer of the replacement: at most 6 s',
      figure: `${(p95 / 1000).toFixed(2)} s`,
      met: p95 <= goalMs && (failures[series.shoal] ?? 0) === 0,
    },
  ]
  return {
    name: 'failover',
    setting,
    samples: Object.fromEntries(Object.entries(values).map(([name, ms]) => [name, { failoverMs: ms }])),
    failures,
    goals,
    report: [
      renderMarkdownTable(
        ['', 'from the cut to the first answer of the replacement, ms', 'longest, ms', 'failed'],
        Object.entries(values).map(([name, ms]) => [
          name,
          renderMedian(ms, 0),
          ms.length === 0 ? '–' : Math.max(...ms).toFixed(0),
          String(failures[name] ?? 0),
        ]),
      ),
      renderGoals(goals),
    ].join('\n\n'),
  }
}

/** The client asks the manager all the time; the first answer after the cut is the replacement's. */
async function cutUnderShoal({ client, manager, workers }: ClusterLab, signal: AbortSignal): Promise<number> {
  const worker = await workerOf(client, manager, workers, signal)
  await worker.cutLink()
  const cutAt = process.hrtime.bigint()
  try {
    const uri = `coap://${manager.address}/s/compute/.well-known/core`
    return await firstAnswer(client, uri, cutAt, signal)
  } finally {
    await worker.mendLink()
  }
}

async function workerOf(
  client: LabHost,
  manager: LabHost,
  workers: readonly LabHost[],
  signal: AbortSignal,
): Promise<LabHost> {
  const state = JSON.parse(
    await mustRun(client, ['coap-client-notls', `coap://${manager.address}/services/compute`], signal),
  ) as { readonly endpoints: readonly string[] }
  const [endpoint = ''] = state.endpoints
  const found = workers.find(({ address }) => endpoint.includes(`${address}:`))
  if (found === undefined) throw new Error(`no worker runs compute: ${JSON.stringify(state)}`)
  return found
}

/** Until all workers are ready again and one instance answers. */
async function settle({ client, manager }: ClusterLab, signal: AbortSignal): Promise<void> {
  for (let look = 0; look < 200; look += 1) {
    const nodes = await mustRun(
      manager,
      ['docker', 'node', 'ls', '--format', '{{.Status}} {{.Availability}}'],
      signal,
    )
    const state = await mustRun(
      client,
      ['coap-client-notls', `coap://${manager.address}/services/compute`],
      signal,
    )
    const { instances } = JSON.parse(state) as { readonly instances: readonly { readonly state: string }[] }
    const isQuiet = !nodes.includes('Down') && instances.length === 1 && instances[0]?.state === 'answering'
    if (isQuiet) break
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  // At another point of Swarm's and the agents' beats each time.
  await new Promise((resolve) => setTimeout(resolve, 3000 + Math.random() * 2000))
}

async function firstAnswer(
  client: LabHost,
  uri: string,
  cutAt: bigint,
  signal: AbortSignal,
): Promise<number> {
  for await (const line of runHostProgram<{ atNs?: string }>(
    client,
    'bench/probe/first-answer.ts',
    { uri, limitMs },
    signal,
  ))
    if (line.atNs !== undefined) return Number(BigInt(line.atNs) - cutAt) / 1e6
  throw new Error('no answer')
}

/** A Swarm as `docker swarm init` and `docker swarm join` make it. */
async function withPlainSwarm(
  context: BenchContext,
  use: (manager: LabHost, workers: readonly LabHost[]) => Promise<void>,
): Promise<void> {
  const { withPlainLab } = await import('./plain-swarm.ts')
  await withPlainLab(context, use)
}

async function cutUnderSwarm(
  manager: LabHost,
  workers: readonly LabHost[],
  signal: AbortSignal,
): Promise<number> {
  const { replacementAfter } = await import('./plain-swarm.ts')
  return replacementAfter(manager, workers, limitMs, signal)
}
