// The requests of one endpoint that wait for their responses, by token (RFC 7252 §5.3).
import { CoapError } from '../coap-error.ts'
import type { Message } from '../codec/message.ts'
import { screenOptions } from '../codec/option-screening.ts'
import type { CoapEndpoint, ResponseReceiver } from '../messaging/endpoint.ts'
import { NumberTable } from '../messaging/number-table.ts'
import type { Peer } from '../messaging/peers.ts'
import type { Remote } from '../transport/remote.ts'
import { Exchange, type ExchangeMessage, understandsInResponse } from './exchange.ts'
import type { Operation } from './operation.ts'
import { TokenSource, tokenKey } from './tokens.ts'

export type OutgoingRequest = Omit<ExchangeMessage, 'token'>

interface Notified {
  readonly from: Remote
  readonly onNotification: (message: Message) => void
}

export interface ObservedToken {
  readonly token: Uint8Array
  /** Notifications are rejected from now on, which tells the server (RFC 7641 §3.6). */
  readonly forget: () => void
}

export class Exchanges implements ResponseReceiver {
  readonly endpoint: CoapEndpoint
  readonly #open = new NumberTable<Exchange>()
  readonly #observed = new NumberTable<Notified>()
  readonly #tokens = new TokenSource()

  constructor(endpoint: CoapEndpoint) {
    this.endpoint = endpoint
    endpoint.receiveResponses(this)
  }

  /** Requests that wait. */
  get size(): number {
    return this.#open.size
  }

  /** Sends a request when NSTART allows, and waits for its response. Rejects with `CoapError`; nothing then remains of it. */
  request(peer: Peer, request: OutgoingRequest, operation: Operation): Promise<Message> {
    const { token, key } = this.#unusedToken()
    return operation.wait((resolve, reject) => {
      const exchange = new Exchange(
        this.endpoint,
        peer,
        { ...request, token },
        {
          resolve,
          reject,
          onEnd: () => this.#open.delete(key),
        },
      )
      this.#open.set(key, exchange)
      exchange.begin()
      return exchange
    })
  }

  /** A token on which later responses are taken too, until `forget`: those of an observation (RFC 7641 §3.2). */
  observe(from: Remote, onNotification: (message: Message) => void): ObservedToken {
    const { token, key } = this.#unusedToken()
    this.#observed.set(key, { from, onNotification })
    return { token, forget: () => void this.#observed.delete(key) }
  }

  /** A request on the token of an observation: its registration, its renewal, its end. */
  requestOn(
    { token }: ObservedToken,
    peer: Peer,
    request: OutgoingRequest,
    operation: Operation,
  ): Promise<Message> {
    const key = tokenKey(token) ?? 0
    return operation.wait((resolve, reject) => {
      const outcome = { resolve, reject, onEnd: () => void this.#open.delete(key) }
      const exchange = new Exchange(this.endpoint, peer, { ...request, token }, outcome)
      this.#open.set(key, exchange)
      exchange.begin()
      return exchange
    })
  }

  takeResponse(response: Message, remote: Remote): boolean {
    const key = tokenKey(response.token)
    if (key === undefined) return false
    const exchange = this.#open.get(key)
    if (exchange !== undefined) return exchange.takeResponse(response, remote)
    const observed = this.#observed.get(key)
    if (observed === undefined) return false
    const { from, onNotification } = observed
    if (remote.port !== from.port || remote.address !== from.address) return false
    const screened = screenOptions(response.options, understandsInResponse)
    if ('refused' in screened) return false
    onNotification(screened.options === response.options ? response : { ...response, ...screened })
    return true
  }

  /** Ends all requests with `stopped`: those that wait for their turn first, so that none gets it from another's end. */
  onStopped(): void {
    const open = this.#open.values()
    for (const exchange of [...open.filter(({ isQueued }) => isQueued), ...open]) {
      exchange.cancel(new CoapError('stopped', 'stopped before the answer came'))
    }
    this.endpoint.ignoreResponses(this)
  }

  #unusedToken(): { readonly token: Uint8Array; readonly key: number } {
    for (;;) {
      const token = this.#tokens.next()
      const key = tokenKey(token)
      if (key !== undefined && !this.#open.has(key) && !this.#observed.has(key)) return { token, key }
    }
  }
}
