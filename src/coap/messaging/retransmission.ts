// One confirmable message under way: sent again and again until something ends it (RFC 7252 §4.2).
import { CoapError } from '../coap-error.ts'
import type { Message } from '../codec/message.ts'
import type { TransmissionParameters } from '../transmission.ts'
import type { DatagramTransport } from '../transport/datagram-transport.ts'
import type { Remote } from '../transport/remote.ts'
import { type Schedule, Task } from './schedule.ts'

/** Exactly one of these is called, once, unless the transmission is cancelled. */
export interface TransmissionObserver {
  /** By an empty acknowledgement or by one that carries the response. */
  onAcknowledged(acknowledgement: Message): void
  onReset(): void
  /** Never acknowledged (`timed-out`), or it could not leave this machine (`unreachable`). */
  onGivenUp(error: CoapError): void
}

/** To whom, with what is known of it. */
export interface Addressee extends Remote {
  /** Transmissions that wait for their acknowledgement, by message ID. */
  readonly outstanding: { set(id: number, transmission: Transmission): void; delete(id: number): void }
  /** Whether anything ever came from it. */
  readonly isHeard: boolean
  /** `10.0.0.1:5683` */
  toString(): string
}

/** What transmissions of one endpoint share. */
export interface TransmissionMeans {
  readonly transport: DatagramTransport
  readonly schedule: Schedule
  readonly parameters: TransmissionParameters
  readonly random: () => number
  /** Counts. */
  onRetransmission(): void
}

export class Transmission extends Task {
  readonly token: Uint8Array
  readonly #means: TransmissionMeans
  readonly #peer: Addressee
  readonly #id: number
  readonly #datagram: Uint8Array
  readonly #observer: TransmissionObserver
  #sent = 0
  #timeoutMs = 0
  #hasEnded = false

  constructor(
    means: TransmissionMeans,
    message: {
      readonly peer: Addressee
      readonly id: number
      readonly token: Uint8Array
      readonly datagram: Uint8Array
    },
    observer: TransmissionObserver,
  ) {
    super()
    this.token = message.token
    this.#means = means
    this.#peer = message.peer
    this.#id = message.id
    this.#datagram = message.datagram
    this.#observer = observer
  }

  /** How often it was sent so far. */
  get sent(): number {
    return this.#sent
  }

  start(): void {
    const { parameters, schedule, random, transport } = this.#means
    this.#peer.outstanding.set(this.#id, this)
    this.#timeoutMs = parameters.ackTimeoutMs * (1 + random() * (parameters.ackRandomFactor - 1))
    this.#sent = 1
    schedule.start(this, this.#timeoutMs)
    // Asking how the sending went costs as much as the sending: a peer that was heard has a route.
    if (this.#peer.isHeard) transport.send(this.#datagram, this.#peer)
    else transport.send(this.#datagram, this.#peer, (error) => this.#onFirstUnsent(error))
  }

  override onDue(): void {
    const { parameters, schedule, transport } = this.#means
    if (this.#sent > parameters.maxRetransmit) {
      const message = `${this.#peer} acknowledged none of ${this.#sent} transmissions`
      this.giveUp(new CoapError('timed-out', message))
      return
    }
    this.#timeoutMs *= 2
    this.#sent++
    schedule.start(this, this.#timeoutMs)
    // One that cannot leave now is as good as lost; the next may leave.
    transport.send(this.#datagram, this.#peer)
    this.#means.onRetransmission()
  }

  override onStopped(): void {
    this.giveUp(new CoapError('stopped', 'stopped before it was acknowledged'))
  }

  acknowledge(acknowledgement: Message): void {
    this.cancel()
    this.#observer.onAcknowledged(acknowledgement)
  }

  reset(): void {
    this.cancel()
    this.#observer.onReset()
  }

  giveUp(error: CoapError): void {
    this.cancel()
    this.#observer.onGivenUp(error)
  }

  /** Ends it in silence. */
  cancel(): void {
    this.#hasEnded = true
    this.#means.schedule.cancel(this)
    this.#peer.outstanding.delete(this.#id)
  }

  /** The first one tells of a missing route at once, not after all retransmissions. */
  #onFirstUnsent(error: Error): void {
    if (this.#hasEnded) return
    this.giveUp(new CoapError('unreachable', `cannot send to ${this.#peer}: ${error.message}`, error))
  }
}
