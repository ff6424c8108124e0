// What a container costs: response time of the compute service in a container over the same service run natively, same host, same requests.

import { operations, paperSizes } from '../evaluation/computation.ts'
import { measureInClient, withComputeTargets } from '../evaluation/compute-targets.ts'
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

export async function benchOverhead({ signal, progress }: BenchContext): Promise<BenchResult> {
  const setting = readSetting({})
  const samples: ResponseTimeSample[] = []
  await withBenchLab({ signal, progress }, (lab) =>
    withComputeTargets(lab, signal, async (targets, client) => {
      progress(`${repetitions} requests of each of 6 kinds to both, in shuffled order`)
      const plan = {
        targets,
        operations,
        sizes: paperSizes,
        repetitions,
        warmUps: 20,
        seed,
        deadlineMs: 10_000,
      }
      for await (const sample of measureInClient(client, plan, signal)) samples.push(sample)
    }),
  )
  const rows = operations.flatMap((operation) =>
    paperSizes.map((size) => {
      const times = (mode: string) =>
        samples.flatMap((s) =>
          s.mode === mode && s.operation === operation && s.size === size && s.responseTimeMs !== undefined
            ? [s.responseTimeMs]
            : [],
        )
      const [native, container] = [times('native'), times('container')]
      return {
        operation,
        size,
        native,
        container,
        ratio: estimateRatioOfMedians(sortSamples(container), sortSamples(native)),
      }
    }),
  )
  const goals = rows.map(({ operation, size, ratio }) => ({
    goal: `${operation}, ${size} integers: container at most ${limit} of native`,
    figure: renderEstimate(ratio, 3),
    met: ratio.value <= limit,
  }))
  return {
    name: 'overhead',
    setting,
    samples: Object.fromEntries(
      rows.flatMap(({ operation, size, native, container }) => [
        [`native ${operation} ${size}`, { responseTimeMs: native }],
        [`container ${operation} ${size}`, { responseTimeMs: container }],
      ]),
    ),
    failures: Object.fromEntries(
      ['native', 'container'].map((mode) => [
        mode,
        samples.filter((s) => s.mode === mode && s.failure !== undefined).length,
      ]),
    ),
    goals,
    report: [
      renderMarkdownTable(
        ['operation', 'integers', 'native, ms', 'container, ms', 'container / native'],
        rows.map(({ operation, size, native, container, ratio }) => [
          operation,
          String(size),
          renderMedian(native, 3),
          renderMedian(container, 3),
          renderEstimate(ratio, 3),
        ]),
      ),
      renderGoals(goals),
    ].join('\n\n'),
  }
}
