// Response time (paper Fig. 5): from the first datagram of the CoAP PUT to the whole answer, measured where the client is.
import { performance } from 'node:perf_hooks'
import type { CoapClient } from '../src/coap/client.ts'
import { Code, formatCode } from '../src/coap/codes.ts'
import { ContentFormat } from '../src/coap/content-format.ts'
import { computationInput, isRightAnswer, type Operation } from './computation.ts'
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
      plan.sizes.map((size) => {
        const input = computationInput(size, plan.seed)
        return {
          mode,
          uri: `${endpoint}/${operation}`,
          operation,
          size,
          input,
          payload: JSON.stringify(input),
        }
      }),
    ),
  )
  for (let repetition = -plan.warmUps; repetition < plan.repetitions; repetition++) {
    for (const { mode, uri, operation, size, input, payload } of shuffle(cells, random)) {
      signal.throwIfAborted()
      const outcome = await request(client, uri, payload, plan.deadlineMs, signal, (answer) =>
        isRightAnswer(operation, input, answer),
      )
      if (repetition >= 0) yield { mode, operation, size, repetition, ...outcome }
    }
  }
}

async function request(
  client: CoapClient,
  uri: string,
  payload: string,
  deadlineMs: number,
  signal: AbortSignal,
  isRight: (answer: unknown) => boolean,
): Promise<{ responseTimeMs: number } | { failure: string }> {
  const startedAt = performance.now()
  try {
    const response = await client.request(uri, {
      method: Code.Put,
      payload,
      contentFormat: ContentFormat.Json,
      deadlineMs,
      signal,
    })
    const responseTimeMs = performance.now() - startedAt
    if (response.code >>> 5 !== 2) return { failure: `${formatCode(response.code)} ${response.text()}` }
    return isRight(JSON.parse(response.text())) ? { responseTimeMs } : { failure: 'a wrong answer' }
  } catch (error) {
    signal.throwIfAborted()
    return { failure: error instanceof Error ? error.message : String(error) }
  }
}
