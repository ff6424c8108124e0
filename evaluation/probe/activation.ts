// Runs in the client host: asks the manager for a service by one CoAP POST, and prints how long that took and in which phases. Input: JSON at stdin.
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { CoapClient } from '../../src/coap/client.ts'
import { Code, formatCode } from '../../src/coap/codes.ts'
import { ContentFormat } from '../../src/coap/content-format.ts'

export interface ActivationRequest {
  /** Host name or address. */
  readonly manager: string
  /** An application of the catalogue that does not run. */
  readonly name: string
  /** Wait until so many of its instances answer, too. */
  readonly replicas?: number
}

export interface ActivationAnswer {
  /** From the POST to its answer, in milliseconds. */
  readonly activationMs: number
  readonly endpoint: string
  /** By the manager's clock: schedule, create, start, ready. Left out where the manager has not told them. */
  readonly phasesMs?: Readonly<Record<string, number>>
  /** From the POST until as many instances answered as were asked for. */
  readonly allMs?: number
}

const httpPort = 8480
const deadlineMs = 60_000
const lookEveryMs = 50
/** The POST over CoAP is at the manager by then, and no activation is over. */
const joinAfterMs = 20

const request = JSON.parse(await text(process.stdin)) as ActivationRequest
const stopping = new AbortController()
process.once('SIGTERM', () => stopping.abort(new Error('stopped')))
const { signal } = stopping
const client = new CoapClient()
try {
  process.stdout.write(`${JSON.stringify(await activate(request))}\n`)
} finally {
  await client.stop()
}

async function activate({ manager, name, replicas }: ActivationRequest): Promise<ActivationAnswer> {
  const uri = `coap://${manager}/services/${encodeURIComponent(name)}`
  const http = `http://${manager}:${httpPort}/api/v1`
  // The client is loaded, has a socket, and is connected where it will ask for the phases.
  await client.request(uri, { deadlineMs: 5000, signal })
  await (await fetch(`${http}/status`, { signal })).arrayBuffer()
  const startedAt = performance.now()
  const asked = client.request(uri, { method: Code.Post, deadlineMs, signal })
  asked.catch(() => {})
  const phases = phasesOf(http, name)
  const answer = await asked
  const activationMs = performance.now() - startedAt
  if (answer.code !== Code.Created) throw new Error(`${formatCode(answer.code)} ${answer.text()}`)
  const { endpoint } = JSON.parse(answer.text()) as { readonly endpoint: string }
  if (replicas !== undefined) await untilAnswering(uri, replicas)
  const allMs = performance.now() - startedAt
  const phasesMs = await phases
  return {
    activationMs,
    endpoint,
    ...(phasesMs === undefined ? {} : { phasesMs }),
    ...(replicas === undefined ? {} : { allMs }),
  }
}

/** All who ask for a name at once share one activation, and over HTTP the manager tells its phases. */
async function phasesOf(http: string, name: string): Promise<ActivationAnswer['phasesMs']> {
  await delay(joinAfterMs)
  try {
    const answer = await fetch(`${http}/activations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]),
    })
    if (!answer.ok) return undefined
    const { wasActive, phasesMs } = (await answer.json()) as {
      readonly wasActive: boolean
      readonly phasesMs: Readonly<Record<string, number>>
    }
    return wasActive ? undefined : phasesMs
  } catch {
    // Whether it was activated is the CoAP answer's to tell.
    return undefined
  }
}

async function untilAnswering(uri: string, count: number): Promise<void> {
  const endsAt = performance.now() + deadlineMs
  for (;;) {
    const { instances } = JSON.parse(
      (await client.request(uri, { accept: ContentFormat.Json, deadlineMs: 5000, signal })).text(),
    ) as { readonly instances: readonly { readonly state: string }[] }
    const answering = instances.filter(({ state }) => state === 'answering').length
    if (answering >= count) return
    if (performance.now() > endsAt) throw new Error(`${answering} of ${count} instances answer`)
    await delay(lookEveryMs, undefined, { signal })
  }
}
