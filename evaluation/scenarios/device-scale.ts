// How a cluster carries more and more devices: each joins, a service is activated with an instance for each, asked through the manager, and left alone.
import { joinWorker } from '../cluster.ts'
import { managerFolder } from '../hosts/run-cluster.ts'
import type { Stage } from '../hosts/stage.ts'
import { mustRun } from '../must-run.ts'
import {
  activateByCoap,
  addToCatalogue,
  giveBack,
  managerUri,
  removeFromCatalogue,
  waitForImages,
} from './cluster-mode.ts'
import { buildCompute } from './compute-service.ts'
import { application, writeSpreadCompose } from './device-scale/compose.ts'
import { deviceScaleFigure } from './device-scale/figure.ts'
import { observeDeviceScale } from './device-scale/observe.ts'
import { type DeviceScaleSettings, deviceScaleSettings } from './device-scale/settings.ts'
import { asInterval, settleMs, waitMs } from './interval.ts'
import type { Cell, CellContext, Scenario } from './scenario.ts'
import { timeRequests } from './time-requests.ts'
import { withClearing } from './with-clearing.ts'

/** In the lab, on a quiet machine: commands, and what each worker adds by leaving, joining, and an instance on it. */
const aroundMs = 7_000
const eachMs = 4_000
const rejoinLimitMs = 60_000

export const deviceScale: Scenario<DeviceScaleSettings> = {
  name: 'device-scale',
  title: 'Devices per cluster',
  paper: 'beyond the paper',
  settings: deviceScaleSettings,

  plan: ({ links, workers, repetitions, idleSeconds }) =>
    links.flatMap((link) =>
      workers.flatMap((number) =>
        Array.from(
          { length: repetitions },
          (_, index): Cell => ({
            id: `device-scale/${link}/${number}/${index + 1}`,
            scenario: 'device-scale',
            need: { link, mode: 'cluster', workers: number, devices: false },
            factors: { link, workers: number },
            repetition: index + 1,
            expectedMs: aroundMs + eachMs * number + settleMs + idleSeconds * 1000,
          }),
        ),
      ),
    ),

  /** Every worker has the image before the first cell: an instance has run on each. */
  async prepare(_settings, _cells, { stage, signal }) {
    await buildCompute(stage, signal)
    const { length } = stage.workers
    await addToCatalogue(stage, await writeSpreadCompose(stage.client, length, signal), signal)
    await withClearing(
      async () => void (await activateByCoap(stage, application, signal, { replicas: length })),
      (clearing) => giveBack(stage, application, clearing),
    )
    return () => removeFromCatalogue(stage, application, AbortSignal.timeout(60_000))
  },

  async run({ requests, idleSeconds }, _cell, context) {
    const { stage, seed, signal, emit } = context
    await joinAnew(context)
    await waitForImages(stage, signal)
    await withClearing(
      async () => {
        const replicas = stage.workers.length
        emit({ type: 'activation', ...(await activateByCoap(stage, application, signal, { replicas })) })
        const endpoint = `${managerUri(stage)}/s/${application}`
        await timeRequests(stage.client, { endpoint, requests, seed }, signal, emit)
        await waitMs(settleMs, signal)
        await asInterval(context, () => waitMs(idleSeconds * 1000, signal))
      },
      (clearing) => giveBack(stage, application, clearing),
    )
  },

  observe: (_settings, records) => observeDeviceScale(records),

  figures: (chosen, observed) => [deviceScaleFigure(observed, chosen)],
}

/** All leave, then each joins as the only one that does: the n-th joins a cluster of n - 1. Whatever fails, all that can are members after it. */
async function joinAnew({ stage, signal, emit }: CellContext): Promise<void> {
  const { manager, workers } = stage
  const argv = ['shoal', 'manager', 'token', '--data', managerFolder]
  const token = (await mustRun(manager, argv, signal)).trim()
  const uri = joiningUri(stage)
  try {
    await Promise.all(workers.map((worker) => mustRun(worker, ['shoal', 'worker', 'leave'], signal)))
    for (const [index, worker] of workers.entries()) {
      const joinMs = await joinWorker(worker, token, signal, uri)
      emit({ type: 'join', worker: worker.name, number: index + 1, joinMs })
    }
  } catch (error) {
    const limited = AbortSignal.timeout(rejoinLimitMs)
    await Promise.allSettled(workers.map((worker) => joinWorker(worker, token, limited, uri)))
    throw error
  }
}

/** Where the workers reach the manager. */
function joiningUri({ manager }: Stage): string {
  return `coap://${manager.address}`
}
