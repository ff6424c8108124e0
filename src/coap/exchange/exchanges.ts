// The requests of one endpoint that wait for their responses, by token (RFC 7252 §5.3).
import { CoapError } from '../coap-error.ts'
import type { Message } from '../codec/message.ts'
import type { CoapEndpoint, ResponseReceiver } from '../messaging/endpoint.ts'
import { NumberTable } from '../messaging/number-table.ts'
import type { Peer } from '../messaging/peers.ts'
import type { Remote } from '../transport/remote.ts'
import { Exchange, type ExchangeMessage } from './exchange.ts'
import type { Operation } from './operation.ts'
import { TokenSource, tokenKey } from './tokens.ts'

export type OutgoingRequest = Omit<ExchangeMessage, 'token'>

export class Exchanges implements ResponseReceiver {
  readonly endpoint: CoapEndpoint
  readonly #open = new NumberTable<Exchange>()
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

  takeResponse(response: Message, remote: Remote): boolean {
    const key = tokenKey(response.token)
    const exchange = key === undefined ? undefined : this.#open.get(key)
    return exchange?.takeResponse(response, remote) ?? false
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
      if (key !== undefined && !this.#open.has(key)) return { token, key }
    }
  }
}
