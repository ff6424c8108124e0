// How long a client waits for an answer, from a service without a container and from the same in one (paper Fig. 5).
import { startNativeCompute, stopProgram } from '../compute-targets.ts'
import { runHostProgram } from '../host-program.ts'
import type { Stage } from '../hosts/stage.ts'
import type { ResponseTimePlan, ResponseTimeSample } from '../response-time.ts'
import { bringCompute, firstWorker, removeCompute, runCompute } from './compute-service.ts'
import type { Factors, Observation, Observed } from './observation.ts'
import { responseTimeFigure } from './response-time/figure.ts'
import {
  type ResponseTimeSettings,
  responseTimeModes,
  responseTimeSettings,
} from './response-time/settings.ts'
import type { CellContext, CellRecords, RawRecord, Scenario } from './scenario.ts'
import { withClearing } from './with-clearing.ts'

/** Both services started, and ended. */
const startMs = 3_000
/** One request in the lab; over WLAN a lost datagram is sent again after 2 to 3 s (RFC 7252 §4.8). */
const requestMs = { ethernet: 7, wlan: 350, direct: 7 } as const

export const responseTime: Scenario<ResponseTimeSettings> = {
  name: 'response-time',
  title: 'Response time, native and in a container',
  paper: 'Fig. 5',
  settings: responseTimeSettings,

  /** One cell a link: what is compared alternates within. */
  plan({ links, operations, sizes, repetitions, warmUps }) {
    const requests = responseTimeModes.length * operations.length * sizes.length * (repetitions + warmUps)
    return links.map((link) => ({
      id: `response-time/${link}/1`,
      scenario: 'response-time',
      need: { link, mode: 'pair', workers: 1, devices: false },
      factors: { link },
      repetition: 1,
      expectedMs: startMs + requests * requestMs[link],
    }))
  },

  /** The first activation brings the image to the worker. */
  async prepare(_settings, _cells, { stage, signal }) {
    await bringCompute(stage, signal)
    return async () => {}
  },

  async run({ operations, sizes, repetitions, warmUps, deadlineSeconds }, _cell, context) {
    const { stage, signal, seed, emit } = context
    await withBoth(stage, signal, async (targets) => {
      const deadlineMs = deadlineSeconds * 1000
      const plan: ResponseTimePlan = { targets, operations, sizes, repetitions, warmUps, seed, deadlineMs }
      const probe = 'evaluation/probe/response-time.ts'
      for await (const sample of runHostProgram<ResponseTimeSample>(stage.client, probe, plan, signal))
        emit({ type: 'request', ...sample })
    })
  },

  observe: (_settings, records) => observeResponseTime(records),

  figures: (settings, observed) => [responseTimeFigure(settings, observed)],
}

/** Both services on the first worker for as long as `use` takes; both are ended after it, whatever happens. */
async function withBoth(
  stage: Stage,
  signal: CellContext['signal'],
  use: (targets: ResponseTimePlan['targets']) => Promise<void>,
): Promise<void> {
  const native = await startNativeCompute(firstWorker(stage), signal)
  try {
    await withClearing(
      async () => {
        const container = await runCompute(stage, signal)
        await use([
          { mode: 'native', endpoint: native.endpoint },
          { mode: 'pair', endpoint: container },
        ])
      },
      (clearing) => removeCompute(stage, clearing),
    )
  } finally {
    await stopProgram(native.program)
  }
}

function observeResponseTime({ cell, origin, records }: CellRecords): Observed {
  const scenario = 'response-time'
  const observations: Observation[] = []
  const failures: Observed['failures'][number][] = []
  for (const { mode, operation, size, repetition, responseTimeMs, failure } of records.filter(isRequest)) {
    const factors: Factors = { ...cell.factors, mode, operation, size }
    if (responseTimeMs === undefined) failures.push({ scenario, factors, reason: failure ?? 'no answer' })
    else
      observations.push({
        scenario,
        measure: 'response_time',
        unit: 'ms',
        origin,
        factors,
        repetition: repetition + 1,
        value: responseTimeMs,
      })
  }
  return { observations, courses: [], failures }
}

function isRequest(record: RawRecord): record is RawRecord & ResponseTimeSample {
  return record.type === 'request'
}
