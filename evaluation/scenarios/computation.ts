// What computation tasks cost manager and server in CPU, power and energy, in both modes (paper Figures 6, 7 and 9).
import type { Operation } from '../computation.ts'
import { runHostProgram } from '../host-program.ts'
import type { Stage } from '../hosts/stage.ts'
import type { RequestStreamPlan, StreamRecord } from '../request-stream.ts'
import { computationFigures } from './computation/figures.ts'
import { observeComputation } from './computation/observe.ts'
import { type ComputationSettings, computationSettings } from './computation/settings.ts'
import { buildCompute, removeCompute, runCompute } from './compute-service.ts'
import { lastReadingMs, waitMs } from './interval.ts'
import type { Cell, Scenario } from './scenario.ts'

/** The command that names the endpoint, the start of the probe, and its warm-ups. */
const startMs = { ethernet: 1_500, wlan: 3_000, direct: 1_500 } as const
const beforeMs = 1_000
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
              expectedMs: startMs[link] + beforeMs + forSeconds * 1000 + lastReadingMs,
            }),
          ),
        ),
      ),
    )
  },

  /** One instance for all cells of a stage, warm before the first. */
  async prepare(settings, _cells, { stage, seed, signal }) {
    await buildCompute(stage, signal)
    const clear = (clearing: AbortSignal) => removeCompute(stage, clearing)
    const endpoint = await runCompute(stage, signal)
    try {
      for (const operation of settings.operations)
        await ask(
          stage,
          { ...requestsOf(settings, endpoint, operation, seed), ...warmUpOf(settings) },
          signal,
        )
    } catch (error) {
      await clear(AbortSignal.timeout(clearLimitMs)).catch(() => {})
      throw error
    }
    return () => clear(AbortSignal.timeout(clearLimitMs))
  },

  async run(settings, { factors }, { stage, seed, signal, emit }) {
    const endpoint = await runCompute(stage, signal)
    // With the start of the probe as long as things take to settle, and to have a reading of power from before the interval.
    await waitMs(beforeMs, signal)
    const requests = requestsOf(settings, endpoint, factors.operation as Operation, seed)
    await ask(stage, { ...requests, everyMs: 1000 / settings.requestsPerSecond }, signal, emit)
    await waitMs(lastReadingMs, signal)
  },

  observe: (_settings, records) => observeComputation(records),

  figures: computationFigures,
}

function requestsOf(
  { size, warmUps, forSeconds, deadlineSeconds }: ComputationSettings,
  endpoint: string,
  operation: Operation,
  seed: number,
): RequestStreamPlan {
  const [forMs, deadlineMs] = [forSeconds * 1000, deadlineSeconds * 1000]
  return { endpoint, operation, size, seed, warmUps, forMs, deadlineMs }
}

function warmUpOf({ warmUpSeconds }: ComputationSettings) {
  return { warmUps: 0, forMs: warmUpSeconds * 1000 }
}

async function ask(
  { client }: Stage,
  plan: RequestStreamPlan,
  signal: AbortSignal,
  emit: (record: StreamRecord) => void = () => {},
): Promise<void> {
  const probe = 'evaluation/probe/request-stream.ts'
  for await (const record of runHostProgram<StreamRecord>(client, probe, plan, signal)) emit(record)
}
