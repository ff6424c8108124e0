// What computation tasks cost manager and server in CPU, power and energy, in both modes (paper Figures 6, 7 and 9).
import { runHostProgram } from '../host-program.ts'
import type { RequestStreamPlan, StreamRecord } from '../request-stream.ts'
import { computationFigures } from './computation/figures.ts'
import { observeComputation } from './computation/observe.ts'
import { type ComputationSettings, computationSettings } from './computation/settings.ts'
import { buildCompute, removeCompute, runCompute } from './compute-service.ts'
import { settleMs, waitMs } from './interval.ts'
import type { Cell, Scenario } from './scenario.ts'

/** The command that names the endpoint, the start of the probe, and its warm-ups. */
const startMs = 3_000
const clearLimitMs = 60_000

export const computation: Scenario<ComputationSettings> = {
  name: 'computation',
  title: 'Computation tasks',
  paper: 'Figures 6, 7 and 9',
  settings: computationSettings,

  plan({ links, modes, operations, repetitions, forSeconds }) {
    return links.flatMap((link) =>
      modes.flatMap((mode) =>
        operations.flatMap((operation) =>
          Array.from(
            { length: repetitions },
            (_, index): Cell => ({
              id: `computation/${link}/${mode}/${operation}/${index + 1}`,
              scenario: 'computation',
              need: { link, mode, workers: 1, devices: false },
              factors: { link, mode, operation },
              repetition: index + 1,
              expectedMs: startMs + 2 * settleMs + forSeconds * 1000,
            }),
          ),
        ),
      ),
    )
  },

  /** One instance for all cells of a stage. */
  async prepare(_settings, _cells, { stage, signal }) {
    await buildCompute(stage, signal)
    await runCompute(stage, signal)
    return () => removeCompute(stage, AbortSignal.timeout(clearLimitMs))
  },

  async run(settings, { factors }, { stage, seed, signal, emit }) {
    const endpoint = await runCompute(stage, signal)
    // Readings of power from before and after tell what it was at the very ends.
    await waitMs(settleMs, signal)
    const plan: RequestStreamPlan = {
      endpoint,
      operation: factors.operation as RequestStreamPlan['operation'],
      size: settings.size,
      seed,
      warmUps: settings.warmUps,
      forMs: settings.forSeconds * 1000,
      everyMs: 1000 / settings.requestsPerSecond,
      deadlineMs: settings.deadlineSeconds * 1000,
    }
    const probe = 'evaluation/probe/request-stream.ts'
    for await (const record of runHostProgram<StreamRecord>(stage.client, probe, plan, signal)) emit(record)
    await waitMs(settleMs, signal)
  },

  observe: (_settings, records) => observeComputation(records),

  figures: computationFigures,
}
