// What a container costs: response time of the compute service in a container over the same service run natively, same host, same requests.

import { operations, paperSizes } from '../evaluation/computation.ts'
import { activateCompute, measureInClient, withComputeTargets } from '../evaluation/compute-targets.ts'
import { projectFile } from '../evaluation/host-program.ts'
import type { ResponseTimeSample } from '../evaluation/response-time.ts'
import { sortSamples } from '../evaluation/samples.ts'
import { estimateRatioOfMedians } from '../evaluation/statistics.ts'
import { withBenchLab } from './bench-lab.ts'
import {
  type BenchContext,
  type BenchResult,
  readSetting,
  renderEstimate,
  renderGoals,
  renderMarkdownTable,
  renderMedian,
} from './result.ts'

const repetitions = 200
const seed = 2017

/** Goal: the median response time of the container is at most this times the native one. */
const limit = 1.03

const modes = ['native', 'container', 'container, host network'] as const

type Mode = (typeof modes)[number]

export async function benchOverhead({ signal, progress }: BenchContext): Promise<BenchResult> {
  const setting = readSetting({})
  const samples: ResponseTimeSample[] = []
  await withBenchLab({ signal, progress }, (lab) =>
    withComputeTargets(lab, signal, async (pair, client) => {
      const file = projectFile('bench/host-network.yaml')
      const { endpoint } = await activateCompute(client, 'worker1', signal, file)
      const targets = [...pair, { mode: 'container, host network', endpoint }]
      progress(`${repetitions} requests of each of 6 kinds to all three, in shuffled order`)
      const sizes = paperSizes
      const plan = { targets, operations, sizes, repetitions, warmUps: 20, seed, deadlineMs: 10_000 }
      for await (const sample of measureInClient(client, plan, signal)) samples.push(sample)
    }),
  )
  const rows = operations.flatMap((operation) =>
    paperSizes.map((size) => {
      const cell = samples.filter((sample) => sample.operation === operation && sample.size === size)
      const times = (mode: Mode) =>
        cell.flatMap((sample) =>
          sample.mode === mode && sample.responseTimeMs !== undefined ? [sample.responseTimeMs] : [],
        )
      const ratio = (mode: Mode) =>
        estimateRatioOfMedians(sortSamples(times(mode)), sortSamples(times('native')))
      return { operation, size, times, ratio }
    }),
  )
  const goals = rows.flatMap(({ operation, size, ratio }) =>
    modes.slice(1).map((mode) => ({
      goal: `${operation}, ${size} integers: ${mode}: at most ${limit} of native`,
      figure: renderEstimate(ratio(mode), 3),
      met: ratio(mode).value <= limit,
    })),
  )
  return {
    name: 'overhead',
    setting,
    samples: Object.fromEntries(
      rows.flatMap(({ operation, size, times }) =>
        modes.map((mode) => [`${mode} ${operation} ${size}`, { responseTimeMs: times(mode) }]),
      ),
    ),
    failures: Object.fromEntries(
      modes.map((mode) => [mode, samples.filter((s) => s.mode === mode && s.failure !== undefined).length]),
    ),
    goals,
    report: [
      renderMarkdownTable(
        ['operation', 'integers', ...modes.map((mode) => `${mode}, ms`)],
        rows.map(({ operation, size, times }) => [
          operation,
          String(size),
          ...modes.map((mode) => renderMedian(times(mode), 3)),
        ]),
      ),
      renderGoals(goals),
    ].join('\n\n'),
  }
}
