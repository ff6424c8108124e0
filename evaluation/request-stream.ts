// Requests of one kind over a time: by a schedule that no slow answer holds back, or one after the other.
import { setTimeout as delay } from 'node:timers/promises'
import type { CoapClient } from '../src/coap/client.ts'
import type { Operation } from './computation.ts'
import { type ComputeOutcome, computeRequest, sendComputeRequest } from './compute-request.ts'

export interface RequestStreamPlan {
  readonly endpoint: string
  readonly operation: Operation
  readonly size: number
  readonly seed: number
  /** Requests that go first, one after the other, and are not told of. */
  readonly warmUps: number
  readonly forMs: number
  /** From one request to the next, answered or not; left out: the next follows the answer. */
  readonly everyMs?: number
  /** Longest wait for one answer. */
  readonly deadlineMs: number
}

export type StreamRecord =
  /** The first request is about to be sent; the time for requests is over, whatever is still to be answered. */
  | { readonly type: 'interval'; readonly at: 'begin' | 'end' }
  | ({ readonly type: 'request'; readonly index: number; readonly sentMs: number } & ComputeOutcome)

/** Requests that a schedule sends in the time, the first at once. */
export function countScheduled(forMs: number, everyMs: number): number {
  return Math.max(1, Math.ceil(forMs / everyMs - 1e-9))
}

/** Resolves when every request has its answer or its failure. @param emit is called as each ends */
export async function streamRequests(
  plan: RequestStreamPlan,
  client: CoapClient,
  emit: (record: StreamRecord) => void,
  signal: AbortSignal,
): Promise<void> {
  const { endpoint, operation, size, seed, warmUps, forMs, everyMs, deadlineMs } = plan
  const request = computeRequest(endpoint, operation, size, seed)
  const send = () => sendComputeRequest(client, request, deadlineMs, signal)
  for (let warmUp = 0; warmUp < warmUps; warmUp += 1) await send()
  emit({ type: 'interval', at: 'begin' })
  const startedAt = performance.now()
  const sinceStart = () => performance.now() - startedAt
  const sendNumber = async (index: number) => {
    const sentMs = sinceStart()
    emit({ type: 'request', index, sentMs, ...(await send()) })
  }
  const until = (ms: number) => delay(Math.max(0, ms - sinceStart()), undefined, { signal })
  const sent: Promise<void>[] = []
  try {
    if (everyMs === undefined) {
      for (let index = 0; sinceStart() < forMs; index += 1) await sendNumber(index)
    } else {
      for (let index = 0; index < countScheduled(forMs, everyMs); index += 1) {
        await until(index * everyMs)
        sent.push(sendNumber(index))
      }
      await until(forMs)
    }
    emit({ type: 'interval', at: 'end' })
  } finally {
    await Promise.allSettled(sent)
  }
  await Promise.all(sent)
}
