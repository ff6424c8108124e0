// The life of a service within a minute, as the CPU of the server shows it: activated, at work, removed; in both modes (paper Fig. 8).
import { runHostProgram } from '../host-program.ts'
import type { Stage } from '../hosts/stage.ts'
import { mustRun } from '../must-run.ts'
import type { RequestStreamPlan, StreamRecord } from '../request-stream.ts'
import { activateByCoap, addToCatalogue, giveBack, managerUri, removeFromCatalogue } from './cluster-mode.ts'
import {
  bringCompute,
  buildCompute,
  compute,
  reachable,
  removeCompute,
  runCompute,
} from './compute-service.ts'
import { asInterval, waitMs } from './interval.ts'
import { lifecycleFigure } from './lifecycle/figure.ts'
import { observeLifecycle } from './lifecycle/observe.ts'
import { type LifecycleMoment, type LifecycleSettings, lifecycleSettings } from './lifecycle/settings.ts'
import type { Cell, CellContext, Scenario } from './scenario.ts'

const clearLimitMs = 60_000
/** What the clearing up after it finds is nothing. */
const afterMs = 1_000

export const lifecycle: Scenario<LifecycleSettings> = {
  name: 'lifecycle',
  title: 'Activation, task and removal',
  paper: 'Fig. 8',
  settings: lifecycleSettings,

  plan({ links, modes, repetitions, forSeconds }) {
    return links.flatMap((link) =>
      modes.flatMap((mode) =>
        Array.from(
          { length: repetitions },
          (_, index): Cell => ({
            id: `lifecycle/${link}/${mode}/${index + 1}`,
            scenario: 'lifecycle',
            need: { link, mode, workers: 1, devices: false },
            factors: { link, mode },
            repetition: index + 1,
            expectedMs: forSeconds * 1000 + afterMs,
          }),
        ),
      ),
    )
  },

  /** The worker has the image before the first cell. */
  async prepare(_settings, _cells, { stage, signal }) {
    if (stage.need.mode === 'pair') {
      await bringCompute(stage, signal)
      return async () => {}
    }
    await buildCompute(stage, signal)
    await addToCatalogue(stage, compute, signal)
    await activate(stage, signal)
    await giveBack(stage, compute, signal)
    return () => removeFromCatalogue(stage, compute, AbortSignal.timeout(clearLimitMs))
  },

  async run(settings, _cell, context) {
    const { stage, signal } = context
    const startedAt = performance.now()
    const until = (seconds: number) => waitMs(startedAt + seconds * 1000 - performance.now(), signal)
    let isRunning = false
    try {
      await asInterval(context, async () => {
        await until(settings.activateAtSeconds)
        isRunning = true
        const endpoint = await asMoment(context, 'activation', () => activate(stage, signal))
        await until(settings.taskAtSeconds)
        await asMoment(context, 'task', () => work(settings, endpoint, context))
        await until(settings.removeAtSeconds)
        await asMoment(context, 'removal', () => remove(stage, signal))
        isRunning = false
        await until(settings.forSeconds)
      })
    } finally {
      // Why the cell failed is told, not why nothing could be removed then.
      if (isRunning) await remove(stage, AbortSignal.timeout(clearLimitMs)).catch(() => {})
    }
  },

  observe: (_settings, records) => observeLifecycle(records),

  figures: (settings, observed) => [lifecycleFigure(settings, observed)],
}

async function asMoment<Result>(
  { emit }: CellContext,
  moment: LifecycleMoment,
  act: () => Promise<Result>,
): Promise<Result> {
  emit({ type: 'mark', name: moment })
  const result = await act()
  emit({ type: 'moment-end', moment })
  return result
}

async function work(
  { operation, size, taskSeconds, deadlineSeconds }: LifecycleSettings,
  endpoint: string,
  { stage, seed, signal, emit }: CellContext,
): Promise<void> {
  const plan: RequestStreamPlan = {
    endpoint,
    operation,
    size,
    seed,
    warmUps: 0,
    forMs: taskSeconds * 1000,
    deadlineMs: deadlineSeconds * 1000,
  }
  const probe = 'evaluation/probe/request-stream.ts'
  for await (const record of runHostProgram<StreamRecord>(stage.client, probe, plan, signal))
    if (record.type === 'request') emit(record)
}

/** Pair mode: the client's command. Cluster mode: the client asks the manager, which commands. */
async function activate(stage: Stage, signal: AbortSignal): Promise<string> {
  if (stage.need.mode === 'pair') return await runCompute(stage, signal)
  return reachable(stage, (await activateByCoap(stage, compute, signal)).endpoint)
}

/** Resolves when the client has its answer: nobody looks at the worker meanwhile, since looking takes CPU. */
async function remove(stage: Stage, signal: AbortSignal): Promise<void> {
  if (stage.need.mode === 'pair') return await removeCompute(stage, signal)
  const uri = `${managerUri(stage)}/services/${compute}`
  await mustRun(stage.client, ['shoal', 'coap', 'delete', uri, '--deadline', '60'], signal)
}
