// Sends one request to an instance that works now; what may be repeated goes to another as soon as the first is late.

import type { CoapRequestInit, CoapResponse } from '../../../coap/client.ts'
import { CoapError } from '../../../coap/coap-error.ts'
import { Code } from '../../../coap/codes.ts'
import { type Endpoint, renderEndpoint } from '../../../model/endpoint.ts'

/**
 * An instance that has not answered within this is asked for no longer alone. Well above the service time of a small board's sensor or
 * average, and low enough that a client whose instance died has the other's answer within a second.
 */
const hedgeAfterMs = 400

/** Asked at once about one request: the first, and those that stand in. */
const maxAttempts = 3

/** How long an instance that was late or failed is asked last. The monitor knows better by then. */
const suspectMs = 10_000

/** Before an instance that failed is asked again, where there is no other. */
const retryAfterMs = 250

export interface RelayOptions {
  readonly client: Requester
  /** Milliseconds, monotonic. */
  readonly now?: () => number
}

interface Requester {
  request(uri: string, init: CoapRequestInit): Promise<CoapResponse>
}

/** The endpoints that answer now, and word when that changes. */
export interface Upstreams {
  current(): readonly Endpoint[]
  /** @returns ends it */
  onChange(listener: () => void): () => void
}

export type RelayOutcome =
  | { readonly kind: 'answered'; readonly response: CoapResponse }
  /** None was there to be asked. */
  | { readonly kind: 'no-instance' }
  | { readonly kind: 'late' }
  | { readonly kind: 'failed'; readonly error: CoapError }

export interface Relayed {
  /** Path and query as they stand in a URI: `/average?x=1`. */
  readonly path: string
  readonly init: Omit<CoapRequestInit, 'signal' | 'deadlineMs'>
}

/** Safe or idempotent (RFC 7252 §5.1, RFC 8132 §2): the same request twice does no harm. */
export function isRepeatable(method: number): boolean {
  return ([Code.Get, Code.Put, Code.Delete, Code.Fetch, Code.IPatch] as number[]).includes(method)
}

export class Relay {
  readonly #client: Requester
  readonly #now: () => number
  readonly #outstanding = new Map<string, number>()
  readonly #suspectUntil = new Map<string, number>()
  #turn = 0

  constructor({ client, now = () => performance.now() }: RelayOptions) {
    this.#client = client
    this.#now = now
  }

  /** Ends within `deadlineMs`, and aborts what is still under way. Throws only what the client throws beside CoapError. */
  async forward(
    relayed: Relayed,
    upstreams: Upstreams,
    { signal, deadlineMs }: { readonly signal: AbortSignal; readonly deadlineMs: number },
  ): Promise<RelayOutcome> {
    const ended = new AbortController()
    const timer = setTimeout(() => ended.abort(), deadlineMs)
    const stop = AbortSignal.any([signal, ended.signal])
    try {
      return isRepeatable(relayed.init.method ?? Code.Get)
        ? await this.#repeat(relayed, upstreams, stop, this.#now() + deadlineMs)
        : await this.#once(relayed, upstreams, stop, deadlineMs)
    } finally {
      clearTimeout(timer)
      ended.abort()
    }
  }

  /** What must not happen twice is asked of one instance, once. */
  async #once(
    relayed: Relayed,
    upstreams: Upstreams,
    stop: AbortSignal,
    deadlineMs: number,
  ): Promise<RelayOutcome> {
    const endpoint = this.#choose(upstreams.current(), new Set())
    if (endpoint === undefined) return { kind: 'no-instance' }
    const outcome = await this.#attempt(endpoint, relayed, stop, deadlineMs)
    return outcome instanceof CoapError ? failure(outcome) : { kind: 'answered', response: outcome }
  }

  #repeat(
    relayed: Relayed,
    upstreams: Upstreams,
    stop: AbortSignal,
    endsAtMs: number,
  ): Promise<RelayOutcome> {
    return new Promise((resolve, reject) => {
      const tried = new Set<string>()
      const timers = new Set<NodeJS.Timeout>()
      let underWay = 0
      let hasAsked = false
      let isSettled = false
      const unlisten = upstreams.onChange(() => start())
      const onStop = (): void => settle(hasAsked ? { kind: 'late' } : { kind: 'no-instance' })
      const settle = (outcome: RelayOutcome): void => {
        if (isSettled) return
        isSettled = true
        unlisten()
        stop.removeEventListener('abort', onStop)
        for (const timer of timers) clearTimeout(timer)
        resolve(outcome)
      }
      const later = (ms: number, act: () => void): void => {
        const timer = setTimeout(() => {
          timers.delete(timer)
          act()
        }, ms)
        timers.add(timer)
      }
      const start = (): void => {
        if (isSettled || underWay >= maxAttempts) return
        const endpoint = this.#choose(upstreams.current(), tried)
        if (endpoint === undefined) return
        const key = renderEndpoint(endpoint)
        tried.add(key)
        hasAsked = true
        underWay += 1
        let hasEnded = false
        later(hedgeAfterMs, () => {
          if (hasEnded) return
          // Only a sign that another may be quicker: with a single instance nothing follows from it.
          if (upstreams.current().length > 1) this.#suspect(key)
          start()
        })
        const deadlineMs = Math.max(1, endsAtMs - this.#now())
        this.#attempt(endpoint, relayed, stop, deadlineMs).then((outcome) => {
          hasEnded = true
          underWay -= 1
          if (!(outcome instanceof CoapError)) {
            this.#suspectUntil.delete(key)
            return settle({ kind: 'answered', response: outcome })
          }
          if (!isOfTheInstance(outcome)) return settle(failure(outcome))
          this.#suspect(key)
          start()
          later(retryAfterMs, () => {
            tried.delete(key)
            if (underWay === 0) start()
          })
        }, reject)
      }
      stop.addEventListener('abort', onStop, { once: true })
      if (stop.aborted) onStop()
      else start()
    })
  }

  /** The least busy of those not tried; suspects last; equals in turn. */
  #choose(endpoints: readonly Endpoint[], tried: ReadonlySet<string>): Endpoint | undefined {
    const now = this.#now()
    this.#turn += 1
    const start = this.#turn % Math.max(1, endpoints.length)
    let best: { readonly endpoint: Endpoint; readonly cost: number } | undefined
    for (const endpoint of [...endpoints.slice(start), ...endpoints.slice(0, start)]) {
      const key = renderEndpoint(endpoint)
      if (tried.has(key)) continue
      const isSuspect = (this.#suspectUntil.get(key) ?? 0) > now
      const cost = (this.#outstanding.get(key) ?? 0) + (isSuspect ? 1_000_000 : 0)
      if (best === undefined || cost < best.cost) best = { endpoint, cost }
    }
    return best?.endpoint
  }

  #suspect(key: string): void {
    const now = this.#now()
    for (const [other, until] of this.#suspectUntil) if (until <= now) this.#suspectUntil.delete(other)
    this.#suspectUntil.set(key, now + suspectMs)
  }

  async #attempt(
    endpoint: Endpoint,
    { path, init }: Relayed,
    signal: AbortSignal,
    deadlineMs: number,
  ): Promise<CoapResponse | CoapError> {
    const key = renderEndpoint(endpoint)
    this.#outstanding.set(key, (this.#outstanding.get(key) ?? 0) + 1)
    try {
      return await this.#client.request(`${key}${path}`, { ...init, signal, deadlineMs })
    } catch (error) {
      if (error instanceof CoapError) return error
      throw error
    } finally {
      const left = (this.#outstanding.get(key) ?? 1) - 1
      if (left === 0) this.#outstanding.delete(key)
      else this.#outstanding.set(key, left)
    }
  }
}

/** Failures that another instance would not share. */
function isOfTheInstance({ kind }: CoapError): boolean {
  return kind === 'timed-out' || kind === 'reset' || kind === 'unreachable' || kind === 'bad-response'
}

function failure(error: CoapError): RelayOutcome {
  return error.kind === 'timed-out' || error.kind === 'aborted' ? { kind: 'late' } : { kind: 'failed', error }
}
