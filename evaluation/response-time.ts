// Response time (paper Fig. 5): from the first datagram of the CoAP PUT to the whole answer, measured where the client is.
import type { CoapClient } from '../src/coap/client.ts'
import type { Operation } from './computation.ts'
import { computeRequest, sendComputeRequest } from './compute-request.ts'
import { createRandom, shuffle } from './random.ts'

export interface ResponseTimePlan {
  /** What is compared: a name such as `native`, and the endpoint `coap://host:port` that stands for it. */
  readonly targets: readonly { readonly mode: string; readonly endpoint: string }[]
  readonly operations: readonly Operation[]
  /** Integers a request. */
  readonly sizes: readonly number[]
  readonly repetitions: number
  /** Requests of each kind that go first and are not counted: the server's code gets warm as in steady use. */
  readonly warmUps: number
  readonly seed: number
  /** Longest wait for one answer. */
  readonly deadlineMs: number
}

/** One request: its time, or why it has none. */
export interface ResponseTimeSample {
  readonly mode: string
  readonly operation: Operation
  readonly size: number
  readonly repetition: number
  readonly responseTimeMs?: number
  readonly failure?: string
}

/** Runs the plan, every repetition in an order of its own, and hands out each sample as it is taken. A failure is a sample too. */
export async function* measureResponseTimes(
  plan: ResponseTimePlan,
  client: CoapClient,
  signal: AbortSignal,
): AsyncGenerator<ResponseTimeSample> {
  const random = createRandom(plan.seed)
  const cells = plan.targets.flatMap(({ mode, endpoint }) =>
    plan.operations.flatMap((operation) =>
      plan.sizes.map((size) => ({
        mode,
        operation,
        size,
        request: computeRequest(endpoint, operation, size, plan.seed),
      })),
    ),
  )
  for (let repetition = -plan.warmUps; repetition < plan.repetitions; repetition++) {
    for (const { mode, operation, size, request } of shuffle(cells, random)) {
      signal.throwIfAborted()
      const outcome = await sendComputeRequest(client, request, plan.deadlineMs, signal)
      if (repetition >= 0) yield { mode, operation, size, repetition, ...outcome }
    }
  }
}
