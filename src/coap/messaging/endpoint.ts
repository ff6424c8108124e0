// The message layer (RFC 7252 §4) of one socket, for a client, a server, or both.
import { type Clock, systemClock } from '../clock.ts'
import { CoapError } from '../coap-error.ts'
import { decodeMessage } from '../codec/decode.ts'
import { encodeEmpty, encodeMessage } from '../codec/encode.ts'
import { type Message, MessageType } from '../codec/message.ts'
import { Code, isRequestCode, isSuccess } from '../codes.ts'
import type { CoapOption } from '../options.ts'
import {
  ackDelayMs,
  exchangeLifetimeMs,
  nonLifetimeMs,
  rfc7252Parameters,
  type TransmissionParameters,
} from '../transmission.ts'
import type { DatagramTransport } from '../transport/datagram-transport.ts'
import type { Remote } from '../transport/remote.ts'
import { Deduplication, type SeenMessage } from './deduplication.ts'
import type { TableUse } from './fair-table.ts'
import { InboundRequest, type Response, type ResponsePath } from './inbound-request.ts'
import { MessageIds } from './message-ids.ts'
import { type Peer, Peers } from './peers.ts'
import { Transmission, type TransmissionMeans, type TransmissionObserver } from './retransmission.ts'
import { Schedule, Task } from './schedule.ts'
import { Sweeper } from './sweeper.ts'

export interface CoapEndpointOptions {
  readonly transport: DatagramTransport
  readonly parameters?: TransmissionParameters
  /** Bound of the table of messages seen. Default 8 MiB. */
  readonly deduplicationBytes?: number
  readonly clock?: Clock
  /** In [0, 1): spreads retransmissions and message IDs. */
  readonly random?: () => number
}

export type RequestReceiver = (request: InboundRequest) => void

export interface ResponseReceiver {
  /** True when the response belongs to a request of this receiver and is accepted. */
  takeResponse(response: Message, remote: Remote): boolean
  /** No response comes any more. */
  onStopped(): void
}

/** What happened so far, for those who watch. */
export interface EndpointCounters {
  readonly received: number
  readonly malformed: number
  readonly duplicates: number
  readonly retransmissions: number
}

export interface OutgoingMessage {
  readonly code: number
  readonly token: Uint8Array
  readonly options: readonly CoapOption[]
  readonly payload: Uint8Array
}

const noneInUse = { has: () => false }
/**
 * RFC 7252 §8.2.1: those whom a question to a group reaches do not answer all at once. A group of ten, answers of 100 bytes and 10,000 bytes a
 * second for all of them together.
 */
const leisureMs = 100
const defaultDeduplicationBytes = 8 * 1024 * 1024

/**
 * Duplicates end here, before anything is dispatched; what comes out is each request once and each response with its token. Tokens
 * and bodies mean nothing to this layer.
 */
export class CoapEndpoint implements ResponsePath {
  readonly parameters: TransmissionParameters
  readonly schedule: Schedule
  readonly clock: Clock
  readonly random: () => number
  readonly #transport: DatagramTransport
  readonly #deduplication: Deduplication
  readonly #peers: Peers
  readonly #means: TransmissionMeans
  /** For what is sent without waiting for anything: one sequence towards all, so that answering needs no memory of who asked. */
  readonly #unconfirmedIds: MessageIds
  readonly #sweeper: Sweeper
  readonly #responseReceivers = new Set<ResponseReceiver>()
  #requestReceiver: RequestReceiver | undefined
  #isStopped = false
  #counters = { received: 0, malformed: 0, duplicates: 0, retransmissions: 0 }

  constructor(options: CoapEndpointOptions) {
    const { transport, parameters = rfc7252Parameters, clock = systemClock, random = Math.random } = options
    this.parameters = parameters
    this.clock = clock
    this.random = random
    this.schedule = new Schedule(clock)
    this.#transport = transport
    const limitBytes = options.deduplicationBytes ?? defaultDeduplicationBytes
    this.#deduplication = new Deduplication({ limitBytes, clock, random })
    this.#peers = new Peers(parameters, clock, random)
    this.#unconfirmedIds = new MessageIds(nonLifetimeMs(parameters), random)
    this.#means = {
      transport,
      schedule: this.schedule,
      parameters,
      random,
      onRetransmission: () => this.#counters.retransmissions++,
    }
    this.#sweeper = new Sweeper(this.schedule, () => {
      this.#deduplication.sweep()
      this.#peers.sweep()
    })
  }

  get counters(): EndpointCounters {
    return { ...this.#counters }
  }

  get deduplicationUse(): TableUse {
    return this.#deduplication.use
  }

  /** Opens the transport. Rejects with `CoapError` (`not-bound`, `stopped`). */
  async start(): Promise<Remote> {
    const local = await this.#transport.start((datagram, remote, toGroup) => {
      if (toGroup === true) this.#receiveByGroup(datagram, remote)
      else this.#receive(datagram, remote)
    })
    this.#sweeper.start()
    return local
  }

  /** Closes the transport and ends every wait; what was under way is given up as `stopped`. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.schedule.stop()
    for (const receiver of this.#responseReceivers) receiver.onStopped()
    this.#deduplication.clear()
    await this.#transport.stop()
  }

  /** Requests go to this receiver; without one they are rejected. */
  receiveRequests(receiver: RequestReceiver): void {
    this.#requestReceiver = receiver
  }

  /** Responses that no acknowledgement carried go to these receivers, until one knows the token. */
  receiveResponses(receiver: ResponseReceiver): void {
    this.#responseReceivers.add(receiver)
  }

  /** The receiver gets no response any more. */
  ignoreResponses(receiver: ResponseReceiver): void {
    this.#responseReceivers.delete(receiver)
  }

  peer(remote: Remote): Peer {
    return this.#peers.obtain(remote)
  }

  /** Sends a confirmable message until it is acknowledged or given up. An empty one is a ping: a reset is its answer. */
  confirm(peer: Peer, message: OutgoingMessage, observer: TransmissionObserver): Transmission | undefined {
    const id = peer.ids.allocate(this.clock.now(), peer.outstanding)
    if (this.#isStopped) {
      observer.onGivenUp(new CoapError('stopped', 'stopped before it was sent'))
      return undefined
    }
    if (id === undefined) {
      const message = `all 65,536 message IDs towards ${peer} wait for an acknowledgement`
      observer.onGivenUp(new CoapError('unreachable', message))
      return undefined
    }
    const datagram = encodeMessage({ type: MessageType.Confirmable, id, ...message })
    const transmission = new Transmission(this.#means, { peer, id, token: message.token, datagram }, observer)
    transmission.start()
    return transmission
  }

  /** Sends a message once. */
  sendUnconfirmed(remote: Remote, message: OutgoingMessage, onError?: (error: Error) => void): void {
    const id = this.#unconfirmedIds.allocate(this.clock.now(), noneInUse) ?? 0
    this.#transport.send(encodeMessage({ type: MessageType.NonConfirmable, id, ...message }), remote, onError)
  }

  expectDelay(request: InboundRequest): void {
    this.schedule.start(request, ackDelayMs(this.parameters))
  }

  acknowledge(request: InboundRequest): void {
    if (request.isAcknowledged || request.message.type !== MessageType.Confirmable) return
    request.isAcknowledged = true
    this.#reply(encodeEmpty(MessageType.Acknowledgement, request.message.id), request.remote, request.seen)
  }

  respond(request: InboundRequest, response: Response, onSettled?: () => void): void {
    this.schedule.cancel(request)
    const { id, type, token } = request.message
    const { code, options, payload } = response
    if (request.toGroup) {
      if (isSuccess(code) && payload.length > 0) {
        const send = () => this.sendUnconfirmed(request.remote, { code, token, options, payload })
        this.schedule.start(new Later(send), this.random() * leisureMs)
      }
      onSettled?.()
    } else if (type === MessageType.NonConfirmable) {
      this.sendUnconfirmed(request.remote, { code, token, options, payload })
      onSettled?.()
    } else if (request.isAcknowledged) {
      const settled = onSettled ?? (() => {})
      const observer = { onAcknowledged: settled, onReset: settled, onGivenUp: settled }
      this.confirm(this.peer(request.remote), { code, token, options, payload }, observer)
    } else {
      const datagram = encodeMessage({ type: MessageType.Acknowledgement, code, id, token, options, payload })
      this.#reply(datagram, request.remote, request.seen)
      onSettled?.()
    }
  }

  forget(request: InboundRequest): void {
    request.seen.forget()
  }

  #receive(datagram: Uint8Array, remote: Remote): void {
    this.#counters.received++
    const message = decodeMessage(datagram)
    if ('malformed' in message) {
      this.#counters.malformed++
      if (message.resetId !== undefined)
        this.#transport.send(encodeEmpty(MessageType.Reset, message.resetId), remote)
    } else if (message.type === MessageType.Acknowledgement || message.type === MessageType.Reset) {
      this.#onReply(message, remote)
    } else if (message.code === Code.Empty) {
      this.#transport.send(encodeEmpty(MessageType.Reset, message.id), remote) // a ping, §4.3
    } else {
      this.#onMessage(message, datagram, remote)
    }
  }

  /** RFC 7252 §8.1: only non-confirmable requests may come this way; nothing else is answered, not even by a reset. */
  #receiveByGroup(datagram: Uint8Array, remote: Remote): void {
    this.#counters.received++
    const message = decodeMessage(datagram)
    if ('malformed' in message) this.#counters.malformed++
    else if (message.type === MessageType.NonConfirmable && isRequestCode(message.code))
      this.#onMessage(message, datagram, remote, true)
  }

  #onReply(message: Message, remote: Remote): void {
    const peer = this.#peers.find(remote)
    if (peer === undefined) return
    peer.isHeard = true
    const transmission = peer.outstanding.get(message.id)
    if (transmission === undefined) return
    if (message.type === MessageType.Reset) transmission.reset()
    else if (message.code === Code.Empty) transmission.acknowledge(message)
    // A token of another request is the answer to an earlier message of this ID, from a peer that mistook this one for its copy.
    else if (isSameToken(message.token, transmission.token)) transmission.acknowledge(message)
  }

  /** Confirmable and non-confirmable messages: each once. */
  #onMessage(message: Message, datagram: Uint8Array, remote: Remote, toGroup = false): void {
    const isConfirmable = message.type === MessageType.Confirmable
    const lifetimeMs = isConfirmable ? exchangeLifetimeMs(this.parameters) : nonLifetimeMs(this.parameters)
    const key = this.#deduplication.keyOf(datagram, message.id, remote)
    const earlier = this.#deduplication.find(key)
    if (earlier !== undefined) {
      this.#counters.duplicates++
      const { reply } = earlier
      if (reply !== undefined) this.#transport.send(reply, remote)
      return
    }
    const seen = this.#deduplication.add(key, remote, lifetimeMs)
    const isWanted = isRequestCode(message.code)
      ? this.#takeRequest(message, remote, seen, toGroup)
      : this.#takeResponse(message, remote, seen)
    if (!isWanted && isConfirmable) this.#reply(encodeEmpty(MessageType.Reset, message.id), remote, seen)
  }

  #takeRequest(message: Message, remote: Remote, seen: SeenMessage, toGroup: boolean): boolean {
    if (this.#requestReceiver === undefined) return false
    this.#requestReceiver(new InboundRequest(this, message, remote, seen, toGroup))
    return true
  }

  #takeResponse(message: Message, remote: Remote, seen: SeenMessage): boolean {
    for (const receiver of this.#responseReceivers) {
      if (!receiver.takeResponse(message, remote)) continue
      if (message.type === MessageType.Confirmable) {
        this.#reply(encodeEmpty(MessageType.Acknowledgement, message.id), remote, seen)
      }
      return true
    }
    return false
  }

  #reply(datagram: Buffer, remote: Remote, seen: SeenMessage): void {
    seen.keepReply(datagram)
    this.#transport.send(datagram, remote)
  }
}

class Later extends Task {
  override readonly onDue: () => void

  constructor(act: () => void) {
    super()
    this.onDue = act
  }
}

function isSameToken(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
