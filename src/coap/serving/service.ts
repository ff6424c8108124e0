// From requests that came in to answers that go out: screening, blocks, the handler.
import { type Block, blockOption, findBlock } from '../blockwise/block.ts'
import { Reassembly } from '../blockwise/reassembly.ts'
import { ResponseCache } from '../blockwise/response-cache.ts'
import { sliceResponse } from '../blockwise/slice.ts'
import { transferKey } from '../blockwise/transfer-key.ts'
import { type Message, MessageType, noBytes } from '../codec/message.ts'
import { screenOptions } from '../codec/option-screening.ts'
import { findTexts, findUint, uintOption } from '../codec/option-value.ts'
import { Code } from '../codes.ts'
import type { CoapEndpoint } from '../messaging/endpoint.ts'
import type { TableUse } from '../messaging/fair-table.ts'
import type { InboundRequest } from '../messaging/inbound-request.ts'
import { Sweeper } from '../messaging/sweeper.ts'
import { OptionNumber } from '../options.ts'
import { exchangeLifetimeMs } from '../transmission.ts'
import { Handlers, type HandlersOptions, type Incoming } from './handlers.ts'
import { Observers } from './observers.ts'
import { OpenRequests } from './open-requests.ts'
import { toDiagnostic } from './reply.ts'

export interface ServiceOptions extends Omit<HandlersOptions, 'responses' | 'openRequests' | 'observers'> {
  readonly endpoint: CoapEndpoint
  readonly maxBodyBytes: number
  /** Bound of the bodies that come in. */
  readonly reassemblyBytes: number
  /** Bound of the answers that go out in blocks. */
  readonly responseBytes: number
  readonly maxOpenRequests: number
  /** Bound of the bodies whose handlers run. */
  readonly openRequestBytes: number
}

export interface ServiceUse {
  readonly reassembly: TableUse
  readonly responses: TableUse
  readonly openRequests: TableUse
  /** Registrations (RFC 7641). */
  readonly observers: number
}

/** RFC 7252 §5.10, RFC 7959: the critical options that every resource honours. */
const understoodByAll: ReadonlySet<number> = new Set([
  OptionNumber.UriHost,
  OptionNumber.UriPort,
  OptionNumber.UriPath,
  OptionNumber.UriQuery,
  OptionNumber.Accept,
  OptionNumber.Block1,
  OptionNumber.Block2,
])

/**
 * RFC 7641 §4.4: notifications of a server that was started anew must count as newer. It begins where the time of day is, in steps that take
 * three days to wrap, and is ahead of its former self unless that sent more than 62 notifications a second all its life.
 */
const sequenceStepMs = 16

const proxyOptions: ReadonlySet<number> = new Set([OptionNumber.ProxyUri, OptionNumber.ProxyScheme])

export class Service {
  readonly #options: ServiceOptions
  readonly #reassembly: Reassembly
  readonly #responses: ResponseCache
  readonly #openRequests: OpenRequests
  readonly #observers: Observers
  readonly #handlers: Handlers
  readonly #sweeper: Sweeper

  constructor(options: ServiceOptions) {
    const { endpoint, blockSize, maxBodyBytes, reassemblyBytes, responseBytes } = options
    const lifetimeMs = exchangeLifetimeMs(endpoint.parameters)
    const shared = { lifetimeMs, clock: endpoint.clock, random: endpoint.random }
    this.#options = options
    this.#reassembly = new Reassembly({ ...shared, blockSize, maxBodyBytes, limitBytes: reassemblyBytes })
    this.#responses = new ResponseCache({ ...shared, limitBytes: responseBytes })
    this.#openRequests = new OpenRequests(options.maxOpenRequests, options.openRequestBytes)
    this.#observers = new Observers({ endpoint, firstSequence: Math.floor(Date.now() / sequenceStepMs) })
    this.#handlers = new Handlers({
      ...options,
      responses: this.#responses,
      openRequests: this.#openRequests,
      observers: this.#observers,
    })
    this.#sweeper = new Sweeper(endpoint.schedule, () => {
      this.#reassembly.sweep()
      this.#responses.sweep()
    })
  }

  get use(): ServiceUse {
    return {
      reassembly: this.#reassembly.use,
      responses: this.#responses.use,
      openRequests: this.#openRequests.use,
      observers: this.#observers.size,
    }
  }

  start(): void {
    this.#options.endpoint.receiveRequests((request) => this.#receive(request))
    this.#sweeper.start()
  }

  /** Aborts the handlers that run; what they return is dropped. */
  stop(): void {
    this.#observers.stop()
    this.#openRequests.stop()
    this.#reassembly.clear()
    this.#responses.clear()
  }

  #receive(inbound: InboundRequest): void {
    const { options } = inbound.message
    // RFC 7252 §8.2 and §10.1.2: what is asked of a group changes nothing.
    if (inbound.toGroup && !isSafe(inbound.message.code)) return
    const screened = screenOptions(options, (number) => this.#understands(inbound.message, number))
    if ('refused' in screened) {
      this.#refuseOption(inbound, screened.refused.number, screened.reason)
      return
    }
    const message = screened.options === options ? inbound.message : { ...inbound.message, ...screened }
    const block1 = findBlock(message.options, OptionNumber.Block1)
    const block2 = findBlock(message.options, OptionNumber.Block2)
    if (block1 === 'reserved' || block2 === 'reserved') {
      inbound.respond(toDiagnostic(Code.BadRequest, 'the block size 7 is reserved'))
      return
    }
    const incoming = { inbound, message, block1, block2 }
    const isFollowUp = block1 === undefined && block2 !== undefined && block2.number > 0
    if (isFollowUp && this.#continueAnswer(incoming, block2)) return
    this.#takeBody(incoming)
  }

  #understands(message: Message, number: number): boolean {
    return (
      understoodByAll.has(number) ||
      this.#options.router.understands(findTexts(message.options, OptionNumber.UriPath), number)
    )
  }

  /** RFC 7252 §5.4.1: 4.02 for a confirmable request, silence for another; §5.10.2: 5.05 from one that is no proxy. */
  #refuseOption(inbound: InboundRequest, number: number, reason: string): void {
    if (proxyOptions.has(number)) {
      inbound.respond(toDiagnostic(Code.ProxyingNotSupported, 'this is no proxy'))
    } else if (inbound.message.type === MessageType.Confirmable) {
      inbound.respond(toDiagnostic(Code.BadOption, reason))
    }
  }

  /** A further block of an answer that was made already. False where it must be made anew. */
  #continueAnswer({ inbound, message }: Incoming, block2: Block): boolean {
    const kept = this.#responses.find(transferKey(message, inbound.remote))
    if (kept !== undefined) {
      inbound.forget()
      inbound.respond(sliceResponse(kept, block2, this.#options.blockSize))
      return true
    }
    if (message.code === Code.Get || message.code === Code.Fetch) return false
    inbound.respond(toDiagnostic(Code.RequestEntityIncomplete, 'the answer is not kept any more'))
    return true
  }

  #takeBody(incoming: Incoming): void {
    const { inbound, message, block1 } = incoming
    if (block1 === undefined) {
      if (message.payload.length > this.#options.maxBodyBytes)
        this.#refuseSize(inbound, message.payload.length)
      else this.#handlers.call(incoming, message)
      return
    }
    // What would be refused whatever the body is, is refused with its first block.
    const refusal = this.#handlers.refuse(incoming)
    if (refusal !== undefined) {
      inbound.respond(refusal)
      return
    }
    const outcome = this.#reassembly.take({
      key: transferKey(message, inbound.remote),
      address: inbound.remote.address,
      block: block1,
      payload: message.payload,
      size1: findUint(message.options, OptionNumber.Size1),
    })
    switch (outcome.state) {
      case 'continue': {
        const options = [blockOption(OptionNumber.Block1, outcome.block)]
        inbound.respond({ code: Code.Continue, options, payload: noBytes })
        return
      }
      case 'complete':
        this.#handlers.call(incoming, { ...message, payload: outcome.body })
        return
      case 'too-large':
        this.#refuseSize(inbound, outcome.bytes)
        return
      case 'refused':
        inbound.respond(toDiagnostic(outcome.code, outcome.reason))
    }
  }

  /** RFC 7959 §2.9.3: 4.13 says in Size1 what would be taken. */
  #refuseSize(inbound: InboundRequest, bytes: number): void {
    const { maxBodyBytes } = this.#options
    const reason = `${bytes} bytes are above the limit of ${maxBodyBytes}`
    const size1 = uintOption(OptionNumber.Size1, maxBodyBytes)
    inbound.respond(toDiagnostic(Code.RequestEntityTooLarge, reason, [size1]))
  }
}

function isSafe(method: number): boolean {
  return method === Code.Get || method === Code.Fetch
}
