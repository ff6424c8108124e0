// Some requests of one kind to the compute service, one after the other, timed at the client.
import { runHostProgram } from '../host-program.ts'
import type { EvaluationHost } from '../hosts/evaluation-host.ts'
import type { ResponseTimePlan, ResponseTimeSample } from '../response-time.ts'
import type { EmittedRecord } from './scenario.ts'

export interface TimedRequests {
  readonly endpoint: string
  readonly requests: number
  readonly seed: number
}

/** What the captions say of them. */
export const timedRequest = 'average of 1,000 integers'

const size = 1000
/** So that the code of the service is compiled. */
const warmUps = 10
const deadlineMs = 10_000

/** Emits a record `{type: 'request'}` with `responseTimeMs` or `failure` each. */
export async function timeRequests(
  client: EvaluationHost,
  { endpoint, requests, seed }: TimedRequests,
  signal: AbortSignal,
  emit: (record: EmittedRecord) => void,
): Promise<void> {
  const plan: ResponseTimePlan = {
    targets: [{ mode: 'pair', endpoint }],
    operations: ['average'],
    sizes: [size],
    repetitions: requests,
    warmUps,
    seed,
    deadlineMs,
  }
  const probe = 'evaluation/probe/response-time.ts'
  for await (const sample of runHostProgram<ResponseTimeSample>(client, probe, plan, signal)) {
    const { responseTimeMs, failure } = sample
    emit({ type: 'request', ...(responseTimeMs === undefined ? { failure } : { responseTimeMs }) })
  }
}
