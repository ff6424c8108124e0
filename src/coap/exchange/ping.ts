// CoAP ping: an empty confirmable message, whose answer is a reset (RFC 7252 §4.3).
import type { CoapError } from '../coap-error.ts'
import { noBytes, noOptions } from '../codec/message.ts'
import { Code } from '../codes.ts'
import type { CoapEndpoint } from '../messaging/endpoint.ts'
import { Interaction } from '../messaging/interactions.ts'
import type { Peer } from '../messaging/peers.ts'
import type { Transmission, TransmissionObserver } from '../messaging/retransmission.ts'
import type { Operation, Wait } from './operation.ts'

const emptyMessage = { code: Code.Empty, token: noBytes, options: noOptions, payload: noBytes }

/** Milliseconds from the first transmission to the reset. Rejects with `CoapError`. */
export function ping(endpoint: CoapEndpoint, peer: Peer, operation: Operation): Promise<number> {
  return operation.wait((resolve, reject) => {
    const one = new Ping(endpoint, peer, resolve, reject)
    peer.interactions.enter(one)
    return one
  })
}

class Ping extends Interaction implements TransmissionObserver, Wait {
  readonly #endpoint: CoapEndpoint
  readonly #peer: Peer
  readonly #resolve: (roundTripMs: number) => void
  readonly #reject: (error: Error) => void
  #transmission: Transmission | undefined
  #startedMs = 0
  #state: 'queued' | 'outstanding' | 'ended' = 'queued'

  constructor(
    endpoint: CoapEndpoint,
    peer: Peer,
    resolve: (roundTripMs: number) => void,
    reject: (error: Error) => void,
  ) {
    super()
    this.#endpoint = endpoint
    this.#peer = peer
    this.#resolve = resolve
    this.#reject = reject
  }

  override onTurn(): void {
    this.#state = 'outstanding'
    this.#startedMs = this.#endpoint.clock.now()
    this.#transmission = this.#endpoint.confirm(this.#peer, emptyMessage, this)
  }

  onReset(): void {
    if (this.#end()) this.#resolve(this.#endpoint.clock.now() - this.#startedMs)
  }

  /** Not what §4.3 says, but whoever acknowledges is there. */
  onAcknowledged(): void {
    this.onReset()
  }

  onGivenUp(error: CoapError): void {
    this.cancel(error)
  }

  cancel(error: CoapError): void {
    if (this.#end()) this.#reject(error)
  }

  progress(): string {
    return this.#state === 'queued'
      ? `waited for earlier requests to ${this.#peer} (NSTART)`
      : `sent to ${this.#peer}`
  }

  #end(): boolean {
    const state = this.#state
    if (state === 'ended') return false
    this.#state = 'ended'
    this.#transmission?.cancel()
    if (state === 'queued') this.#peer.interactions.leave(this)
    else this.#peer.interactions.release()
    return true
  }
}
