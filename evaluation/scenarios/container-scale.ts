// How one device carries more and more containers: the last activation, a request to it, and what all of them take when nobody asks.

import { buildCompute, compute, firstWorker } from './compute-service.ts'
import { containerScaleFigure } from './container-scale/figure.ts'
import { observeContainerScale } from './container-scale/observe.ts'
import { type ContainerScaleSettings, containerScaleSettings } from './container-scale/settings.ts'
import { asInterval, settleMs, waitMs } from './interval.ts'
import { pairRemove, pairRun } from './pair-mode.ts'
import type { Cell, Scenario } from './scenario.ts'
import { timeRequests } from './time-requests.ts'
import { withClearing } from './with-clearing.ts'

/** In the lab, on a quiet machine: commands, and what each container adds to activation and removal. */
const aroundMs = 4_500
const eachMs = 700

export const containerScale: Scenario<ContainerScaleSettings> = {
  name: 'container-scale',
  title: 'Containers per device',
  paper: 'beyond the paper',
  settings: containerScaleSettings,

  plan: ({ links, containers, repetitions, idleSeconds }) =>
    links.flatMap((link) =>
      containers.flatMap((number) =>
        Array.from(
          { length: repetitions },
          (_, index): Cell => ({
            id: `container-scale/${link}/${number}/${index + 1}`,
            scenario: 'container-scale',
            need: { link, mode: 'pair', workers: 1, devices: false },
            factors: { link, containers: number },
            repetition: index + 1,
            expectedMs: aroundMs + eachMs * number + 2 * settleMs + idleSeconds * 1000,
          }),
        ),
      ),
    ),

  /** The worker has the image before the first cell, and nothing runs on it. */
  async prepare(_settings, _cells, { stage, signal }) {
    await buildCompute(stage, signal)
    const hosts = { client: stage.client, worker: firstWorker(stage) }
    await withClearing(
      async () => void (await pairRun(hosts, compute, signal)),
      (clearing) => pairRemove(hosts, compute, clearing),
    )
    return async () => {}
  },

  async run({ requests, idleSeconds }, cell, context) {
    const { stage, seed, signal, emit } = context
    const hosts = { client: stage.client, worker: firstWorker(stage) }
    const number = Number(cell.factors.containers)
    await withClearing(
      async () => {
        // The last is activated twice, so that whatever the number, the same has just gone before: its own removal.
        const before = await pairRun(hosts, compute, signal, number)
        await waitMs(settleMs, signal)
        await pairRemove(hosts, before.at(-1)?.instance ?? compute, signal)
        const instances = await pairRun(hosts, compute, signal, number)
        const [last, ...others] = instances.filter(({ isNew }) => isNew)
        if (last === undefined || others.length > 0 || instances.length !== number)
          throw new Error(
            `one more instance was asked for: ${instances.length} of ${number} are there, ${others.length + Number(last !== undefined)} of them new`,
          )
        emit({ type: 'activation', activationMs: last.activationMs, totalMs: last.totalMs })
        await timeRequests(stage.client, { endpoint: last.endpoint, requests, seed }, signal, emit)
        await waitMs(settleMs, signal)
        await asInterval(context, () => waitMs(idleSeconds * 1000, signal))
      },
      (clearing) => pairRemove(hosts, compute, clearing),
    )
  },

  observe: (_settings, records) => observeContainerScale(records),

  figures: (chosen, observed) => [containerScaleFigure(observed, chosen)],
}
