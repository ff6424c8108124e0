// The requests of one capability: PUT on, GET at fixed times, PUT off; measured where the client is.
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import type { CoapClient } from '../../src/coap/client.ts'
import { Code, formatCode } from '../../src/coap/codes.ts'
import { ContentFormat } from '../../src/coap/content-format.ts'
import { countGets } from './plan.ts'
import type { RequestPlan, RequestRecord } from './records.ts'

/**
 * Runs the plan. A GET is sent when it is due, whether the one before was answered or not: a slow answer hides no other.
 * @param emit is called with each request as it ends; a failure is a record too
 */
export async function measureRequests(
  plan: RequestPlan,
  client: CoapClient,
  emit: (record: RequestRecord) => void,
  signal: AbortSignal,
): Promise<void> {
  const send = async (method: 'PUT' | 'GET', body?: string) =>
    emit(await request(plan, client, method, body, signal))
  await send('PUT', 'on')
  const startedAt = performance.now()
  const until = (ms: number) => delay(Math.max(0, startedAt + ms - performance.now()), undefined, { signal })
  const gets: Promise<void>[] = []
  try {
    for (let index = 0; index < countGets(plan); index += 1) {
      await until(index * plan.everyMs)
      gets.push(send('GET'))
    }
    await until(plan.forMs)
  } finally {
    await Promise.allSettled(gets)
  }
  await Promise.all(gets)
  await send('PUT', 'off')
}

async function request(
  { mode, capability, endpoint, deadlineMs }: RequestPlan,
  client: CoapClient,
  method: 'PUT' | 'GET',
  body: string | undefined,
  signal: AbortSignal,
): Promise<RequestRecord> {
  const path = `/${capability}`
  const sent = {
    type: 'request',
    mode,
    capability,
    method,
    path,
    ...(body === undefined ? {} : { body }),
    sentAtMs: Date.now(),
  } as const
  const startedAt = performance.now()
  try {
    const response = await client.request(`${endpoint}${path}`, {
      deadlineMs,
      signal,
      ...(body === undefined
        ? { method: Code.Get }
        : { method: Code.Put, payload: body, contentFormat: ContentFormat.TextPlain }),
    })
    const responseTimeMs = performance.now() - startedAt
    return { ...sent, responseTimeMs, code: formatCode(response.code), payload: response.text() }
  } catch (error) {
    signal.throwIfAborted()
    return { ...sent, failure: error instanceof Error ? error.message : String(error) }
  }
}
