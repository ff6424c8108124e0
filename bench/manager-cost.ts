// What the manager and an agent cost as the cluster grows: CPU, memory, and bytes on the wire; idle, and with five requests a second.
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
} from './result.ts'

const workerCounts = [1, 2, 4, 8, 16] as const
/** Before the first sample: engines and caches come to rest. */
const warmUpS = 10
const idleS = 40
const loadedS = 30
const everyS = 10
const managerGoalMiB = 90
const agentGoalMiB = 60

interface CostSample {
  readonly cpuPercent: number
  readonly pssKiB: number
  readonly rssKiB: number
  readonly networkBytesPerS: number
}

interface Row {
  readonly label: string
  readonly workers: number
  readonly load: 'idle' | '5 requests a second'
  readonly manager: readonly CostSample[]
  readonly agent: readonly CostSample[]
}

export async function benchManagerCost(context: BenchContext): Promise<BenchResult> {
  const { signal, progress } = context
  const setting = readSetting({})
  const rows: Row[] = []
  for (const workers of workerCounts) {
    await withClusterLab(context, workers, async (cluster) => {
      await mustRun(
        cluster.client,
        ['coap-client-notls', '-B', '60', '-m', 'post', `coap://${cluster.manager.address}/services/compute`],
        signal,
      )
      progress(`${workers} workers: comes to rest`)
      await new Promise((resolve) => setTimeout(resolve, warmUpS * 1000))
      progress(`${workers} workers: idle`)
      rows.push({
        label: `${workers} idle`,
        workers,
        load: 'idle',
        ...(await sample(cluster, idleS, signal)),
      })
      progress(`${workers} workers: 5 requests a second`)
      const asking = new AbortController()
      const load = askThroughManager(cluster, asking.signal)
      rows.push({
        label: `${workers} loaded`,
        workers,
        load: '5 requests a second',
        ...(await sample(cluster, loadedS, signal)),
      })
      asking.abort()
      await load
    })
  }
  const goals = checkGoals(rows)
  return {
    name: 'manager-cost',
    setting,
    samples: Object.fromEntries(
      rows.flatMap(({ label, manager, agent }) => [
        [`manager, ${label}`, columns(manager)],
        [`agent, ${label}`, columns(agent)],
      ]),
    ),
    failures: {},
    goals,
    report: [
      'Samples of 10 s, median and 95th percentile; PSS of smaps_rollup. The bytes are those of one worker’s link, both directions, Swarm’s own, the agent’s and ARP included.',
      renderMarkdownTable(
        [
          'workers',
          '',
          'manager CPU, %',
          'manager PSS, MiB',
          'manager RSS, MiB',
          'agent CPU, %',
          'agent PSS, MiB',
          'agent RSS, MiB',
          'bytes a second and worker',
        ],
        rows.map(({ workers, load, manager, agent }) => [
          String(workers),
          load,
          both(manager, ({ cpuPercent }) => cpuPercent, 1),
          both(manager, ({ pssKiB }) => pssKiB / 1024, 0),
          both(manager, ({ rssKiB }) => rssKiB / 1024, 0),
          both(agent, ({ cpuPercent }) => cpuPercent, 1),
          both(agent, ({ pssKiB }) => pssKiB / 1024, 0),
          both(agent, ({ rssKiB }) => rssKiB / 1024, 0),
          both(agent, ({ networkBytesPerS }) => networkBytesPerS, 0),
        ]),
      ),
      renderGoals(goals),
    ].join('\n\n'),
  }
}

/** At the same time on the access point and on the last worker, which runs no instance where there are others. */
async function sample(
  { manager, workers }: ClusterLab,
  seconds: number,
  signal: AbortSignal,
): Promise<Pick<Row, 'manager' | 'agent'>> {
  const last = workers.at(-1)
  if (last === undefined) throw new Error('there is no worker')
  const [ofManager, ofAgent] = await Promise.all([
    collect(manager, ' manager start', seconds, signal),
    collect(last, ' worker agent', seconds, signal),
  ])
  return { manager: ofManager, agent: ofAgent }
}

async function collect(
  host: LabHost,
  commandLine: string,
  seconds: number,
  signal: AbortSignal,
): Promise<readonly CostSample[]> {
  const samples: CostSample[] = []
  const input = { commandLine, seconds, everyS }
  for await (const line of runHostProgram<CostSample>(host, 'bench/probe/process-cost.ts', input, signal))
    samples.push(line)
  return samples
}

/** GETs through the reverse proxy, and of the state by turns. */
async function askThroughManager({ client, manager }: ClusterLab, stop: AbortSignal): Promise<void> {
  const uri = `coap://${manager.address}`
  const program = client.spawn(
    [
      'sh',
      '-c',
      `while :; do coap-client-notls ${uri}/s/compute/.well-known/core >/dev/null; sleep 0.2; done`,
    ],
    { stdio: 'ignore', signal: stop },
  )
  await new Promise<void>((resolve) => {
    program.once('close', () => resolve())
    program.once('error', () => resolve())
  })
}

function checkGoals(rows: readonly Row[]): readonly Goal[] {
  const worst = (pick: (row: Row) => readonly CostSample[]) =>
    Math.max(
      ...rows.map((row) => percentile(sortSamples(pick(row).map(({ rssKiB }) => rssKiB / 1024)), 0.95)),
    )
  const [manager, agent] = [worst((row) => row.manager), worst((row) => row.agent)]
  const idle = rows.filter(({ load }) => load === 'idle')
  const cpuOf = (row: Row | undefined) =>
    percentile(sortSamples((row?.manager ?? []).map(({ cpuPercent }) => cpuPercent)), 0.5)
  const [first, last] = [idle[0], idle.at(-1)]
  const growth = cpuOf(last) / cpuOf(first)
  const factor = (last?.workers ?? 1) / (first?.workers ?? 1)
  return [
    {
      goal: `RSS of the manager, p95 of the worst row: at most ${managerGoalMiB} MiB`,
      figure: `${manager.toFixed(0)} MiB`,
      met: manager <= managerGoalMiB,
    },
    {
      goal: `RSS of an agent, p95 of the worst row: at most ${agentGoalMiB} MiB`,
      figure: `${agent.toFixed(0)} MiB`,
      met: agent <= agentGoalMiB,
    },
    {
      goal: `CPU of the idle manager from ${first?.workers} to ${last?.workers} workers: at most ${factor} times`,
      figure: `${growth.toFixed(1)} times`,
      met: growth <= factor,
    },
  ]
}

function both(samples: readonly CostSample[], pick: (sample: CostSample) => number, digits: number): string {
  const sorted = sortSamples(samples.map(pick))
  return `${percentile(sorted, 0.5).toFixed(digits)}, ${percentile(sorted, 0.95).toFixed(digits)}`
}

function columns(samples: readonly CostSample[]): Readonly<Record<string, readonly number[]>> {
  return {
    cpuPercent: samples.map(({ cpuPercent }) => cpuPercent),
    pssKiB: samples.map(({ pssKiB }) => pssKiB),
    rssKiB: samples.map(({ rssKiB }) => rssKiB),
    networkBytesPerS: samples.map(({ networkBytesPerS }) => networkBytesPerS),
  }
}
