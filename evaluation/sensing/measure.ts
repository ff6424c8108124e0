// The requests of one capability: PUT on, GET at fixed times, PUT off; measured where the client is.
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import type { CoapClient } from '../../src/coap/client.ts'
import { Code, formatCode } from '../../src/coap/codes.ts'
import { ContentFormat } from '../../src/coap/content-format.ts'
import type { PaperCapability } from './paper-capabilities.ts'

/** What the client's probe is told. */
export interface RequestPlan {
  readonly capability: PaperCapability
  readonly endpoint: string
  /** From the first GET to PUT off. */
  readonly forMs: number
  /** From one GET to the next, whether the first is answered by then or not. */
  readonly everyMs: number
  /** Longest wait for one answer. */
  readonly deadlineMs: number
}

/** One CoAP request; its time is from the first datagram to the whole answer, in the client host. */
export interface RequestRecord {
  readonly type: 'request'
  readonly method: 'PUT' | 'GET'
  readonly path: string
  readonly body?: string
  /** When it was sent, in milliseconds since 1970. */
  readonly sentAtMs: number
  /** From then to the answer, or to when it was given up. */
  readonly tookMs: number
  /** `2.05`; left out where nothing was answered. */
  readonly code?: string
  readonly payload?: string
  /** Why there is no answer. */
  readonly failure?: string
}

/** The GETs of one capability: one at the start and one each `everyMs` before the end. */
export function countGets({ forMs, everyMs }: Pick<RequestPlan, 'forMs' | 'everyMs'>): number {
  return Math.ceil(forMs / everyMs)
}

/** Whether it did what it was to do. */
export function isAnswered({ code }: Pick<RequestRecord, 'code'>): boolean {
  return code?.startsWith('2.') === true
}

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
  { capability, endpoint, deadlineMs }: RequestPlan,
  client: CoapClient,
  method: 'PUT' | 'GET',
  body: string | undefined,
  signal: AbortSignal,
): Promise<RequestRecord> {
  const path = `/${capability}`
  const sent = {
    type: 'request',
    method,
    path,
    ...(body === undefined ? {} : { body }),
    sentAtMs: Date.now(),
  } as const
  const startedAt = performance.now()
  const tookMs = () => performance.now() - startedAt
  try {
    const response = await client.request(`${endpoint}${path}`, {
      deadlineMs,
      signal,
      ...(body === undefined
        ? { method: Code.Get }
        : { method: Code.Put, payload: body, contentFormat: ContentFormat.TextPlain }),
    })
    return { ...sent, tookMs: tookMs(), code: formatCode(response.code), payload: response.text() }
  } catch (error) {
    signal.throwIfAborted()
    return { ...sent, tookMs: tookMs(), failure: error instanceof Error ? error.message : String(error) }
  }
}
