// One CoAP PUT of integers to the compute service: how long it takes, and whether the answer is right.
import { performance } from 'node:perf_hooks'
import type { CoapClient } from '../src/coap/client.ts'
import { Code, formatCode } from '../src/coap/codes.ts'
import { ContentFormat } from '../src/coap/content-format.ts'
import { computationInput, isRightAnswer, type Operation } from './computation.ts'

/** What is sent, made ready before the clock runs. */
export interface ComputeRequest {
  readonly uri: string
  readonly payload: string
  readonly isRight: (answer: unknown) => boolean
}

export type ComputeOutcome = { readonly responseTimeMs: number } | { readonly failure: string }

export function computeRequest(
  endpoint: string,
  operation: Operation,
  size: number,
  seed: number,
): ComputeRequest {
  const input = computationInput(size, seed)
  return {
    uri: `${endpoint}/${operation}`,
    payload: JSON.stringify(input),
    isRight: (answer) => isRightAnswer(operation, input, answer),
  }
}

/** From the first datagram to the whole answer. Throws the signal's reason; every other failure is an outcome. */
export async function sendComputeRequest(
  client: CoapClient,
  { uri, payload, isRight }: ComputeRequest,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<ComputeOutcome> {
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
