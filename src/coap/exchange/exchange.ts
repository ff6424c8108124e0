// One request and its one response.
import { CoapError } from '../coap-error.ts'
import type { Message } from '../codec/message.ts'
import { screenOptions } from '../codec/option-screening.ts'
import { Code } from '../codes.ts'
import type { CoapEndpoint, OutgoingMessage } from '../messaging/endpoint.ts'
import { Interaction } from '../messaging/interactions.ts'
import type { Peer } from '../messaging/peers.ts'
import type { Transmission, TransmissionObserver } from '../messaging/retransmission.ts'
import { OptionNumber } from '../options.ts'
import type { Remote } from '../transport/remote.ts'
import type { Wait } from './operation.ts'

export interface ExchangeOutcome {
  resolve(response: Message): void
  reject(error: Error): void
  /** Called first, however it ends. */
  onEnd(): void
}

export interface ExchangeMessage extends OutgoingMessage {
  readonly isConfirmable: boolean
}

/** RFC 7252 §5.4: of the critical options only those of RFC 7959 mean something in a response. */
export const understandsInResponse = (number: number): boolean =>
  number === OptionNumber.Block1 || number === OptionNumber.Block2

export class Exchange extends Interaction implements TransmissionObserver, Wait {
  readonly #endpoint: CoapEndpoint
  readonly #peer: Peer
  readonly #message: ExchangeMessage
  readonly #outcome: ExchangeOutcome
  #transmission: Transmission | undefined
  #state: 'queued' | 'outstanding' | 'acknowledged' | 'ended' = 'queued'

  constructor(endpoint: CoapEndpoint, peer: Peer, message: ExchangeMessage, outcome: ExchangeOutcome) {
    super()
    this.#endpoint = endpoint
    this.#peer = peer
    this.#message = message
    this.#outcome = outcome
  }

  /** Whether it waits for its turn. */
  get isQueued(): boolean {
    return this.#state === 'queued'
  }

  begin(): void {
    this.#peer.interactions.enter(this)
  }

  override onTurn(): void {
    this.#state = 'outstanding'
    try {
      if (this.#message.isConfirmable) {
        this.#transmission = this.#endpoint.confirm(this.#peer, this.#message, this)
      } else {
        this.#endpoint.sendUnconfirmed(this.#peer, this.#message, this.#onUnsent)
      }
    } catch (error) {
      // A message that cannot be encoded must fail here, not in whoever gave the turn on.
      this.#fail(error instanceof Error ? error : new Error(String(error)))
    }
  }

  /** A response in a message of its own, or in an acknowledgement. False: it is not accepted. */
  takeResponse(response: Message, remote: Remote): boolean {
    if (remote.port !== this.#peer.port || remote.address !== this.#peer.address) return false
    const screened = screenOptions(response.options, understandsInResponse)
    if ('refused' in screened) {
      this.#fail(new CoapError('bad-response', `the answer of ${this.#peer} is refused: ${screened.reason}`))
      return false
    }
    this.#end()
    this.#outcome.resolve(screened.options === response.options ? response : { ...response, ...screened })
    return true
  }

  onAcknowledged(acknowledgement: Message): void {
    if (acknowledgement.code !== Code.Empty) {
      this.takeResponse(acknowledgement, this.#peer)
    } else if (this.#state === 'outstanding') {
      // §4.7: an interaction is outstanding until its acknowledgement; the response may take its time.
      this.#state = 'acknowledged'
      this.#peer.interactions.release()
    }
  }

  onReset(): void {
    this.#fail(new CoapError('reset', `${this.#peer} rejected the request with a reset`))
  }

  onGivenUp(error: CoapError): void {
    this.#fail(error)
  }

  cancel(error: CoapError): void {
    this.#fail(error)
  }

  progress(): string {
    if (this.#state === 'queued') return `waited for earlier requests to ${this.#peer} (NSTART)`
    if (this.#state === 'acknowledged') return `${this.#peer} acknowledged the request`
    const sent = this.#transmission?.sent ?? 1
    return `sent ${sent === 1 ? 'once' : `${sent} times`} to ${this.#peer}`
  }

  readonly #onUnsent = (error: Error): void => {
    this.#fail(new CoapError('unreachable', `cannot send to ${this.#peer}: ${error.message}`, error))
  }

  #fail(error: Error): void {
    if (this.#state === 'ended') return
    this.#end()
    this.#outcome.reject(error)
  }

  /** Nothing waits any more: neither a retransmission nor a token nor a turn. */
  #end(): void {
    const state = this.#state
    this.#state = 'ended'
    this.#outcome.onEnd()
    this.#transmission?.cancel()
    if (state === 'queued') this.#peer.interactions.leave(this)
    else if (state === 'outstanding') this.#peer.interactions.release()
  }
}
