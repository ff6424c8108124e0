// How long a client waits for a service (paper Fig. 10): activated, and given back, with its image on the worker already.
import type { Stage } from '../hosts/stage.ts'
import { activationFigure } from './activation/figure.ts'
import { type MeasuredActivation, observeActivation } from './activation/observe.ts'
import { type ActivationSettings, activationSettings } from './activation/settings.ts'
import { activateByCoap, addToCatalogue, giveBack, removeFromCatalogue } from './cluster-mode.ts'
import { bringCompute, buildCompute, compute, firstWorker } from './compute-service.ts'
import { pairDisconnect, pairRemove, pairRunOne } from './pair-mode.ts'
import type { Cell, Scenario } from './scenario.ts'
import { withClearing } from './with-clearing.ts'

/** In the lab, on a quiet machine, with the removal. */
const expectedMs = { pair: 2_300, cluster: 3_000 } as const

export const activation: Scenario<ActivationSettings> = {
  name: 'activation',
  title: 'Activation of a service',
  paper: 'Fig. 10',
  settings: activationSettings,

  plan: (chosen) =>
    chosen.links.flatMap((link) =>
      chosen.modes.flatMap((mode) => {
        const cell = (name: string, repetition: number): Cell => ({
          id: `activation/${link}/${mode}/${name}`,
          scenario: 'activation',
          need: { link, mode, workers: 1, devices: false },
          factors: { link, mode },
          repetition,
          expectedMs: expectedMs[mode],
        })
        return [
          ...Array.from({ length: chosen.warmUps }, (_, index) => cell(`warm-up-${index + 1}`, 0)),
          ...Array.from({ length: chosen.repetitions }, (_, index) => cell(`${index + 1}`, index + 1)),
        ]
      }),
    ),

  /** The first activation brings the image to the worker. */
  async prepare(_settings, _cells, { stage, signal }) {
    if (stage.need.mode === 'pair') {
      await bringCompute(stage, signal)
      return async () => {}
    }
    await buildCompute(stage, signal)
    await addToCatalogue(stage, compute, signal)
    await activateOnce(stage, signal)
    return () => removeFromCatalogue(stage, compute, AbortSignal.timeout(30_000))
  },

  async run(_settings, _cell, { stage, signal, emit }) {
    emit({ type: 'activation', ...(await activateOnce(stage, signal)) })
  },

  observe: (_settings, records) => observeActivation(records),

  figures: (chosen, observed) => [activationFigure(observed, chosen)],
}

/** Nothing of it runs when it returns or throws. */
async function activateOnce(stage: Stage, signal: AbortSignal): Promise<MeasuredActivation> {
  if (stage.need.mode === 'cluster')
    return await withClearing(
      async () => {
        const { activationMs, phasesMs } = await activateByCoap(stage, compute, signal)
        return { activationMs, ...(phasesMs === undefined ? {} : { phasesMs }) }
      },
      (clearing) => giveBack(stage, compute, clearing),
    )
  const hosts = { client: stage.client, worker: firstWorker(stage) }
  await pairDisconnect(hosts, signal)
  return await withClearing(
    async () => {
      const { activationMs, phasesMs, totalMs, isNew } = await pairRunOne(hosts, compute, signal)
      if (!isNew) throw new Error(`an instance of ${compute} ran on ${hosts.worker.name} already`)
      return { activationMs, phasesMs, totalMs }
    },
    (clearing) => pairRemove(hosts, compute, clearing),
  )
}
