// Calling the handler of a request, and making its answer fit: errors, delays, blocks.
import { type Block, type BlockSize, blockOption } from '../blockwise/block.ts'
import type { ResponseCache } from '../blockwise/response-cache.ts'
import { sliceResponse, withEtag } from '../blockwise/slice.ts'
import { transferKey } from '../blockwise/transfer-key.ts'
import { CoapError } from '../coap-error.ts'
import type { Message } from '../codec/message.ts'
import { findUint, uintOption } from '../codec/option-value.ts'
import { Code, isSuccess, methodName } from '../codes.ts'
import type { InboundRequest, Response } from '../messaging/inbound-request.ts'
import { OptionNumber } from '../options.ts'
import type { CoapReply, CoapRequest, Router } from '../router.ts'
import type { Candidate, Observers } from './observers.ts'
import type { OpenRequests } from './open-requests.ts'
import { toDiagnostic, toResponse } from './reply.ts'
import { ServerRequest } from './server-request.ts'

/** A request with its options screened and its block options read. */
export interface Incoming {
  readonly inbound: InboundRequest
  readonly message: Message
  readonly block1: Block | undefined
  readonly block2: Block | undefined
}

export interface HandlersOptions {
  readonly router: Router
  readonly blockSize: BlockSize
  readonly responses: ResponseCache
  readonly openRequests: OpenRequests
  readonly observers: Observers
  readonly onHandlerError: (error: unknown, request: CoapRequest) => void
}

/** A request on its way through its handler. */
interface Call {
  readonly incoming: Incoming
  readonly request: ServerRequest
  candidate?: Candidate | undefined
  onSettled?: () => void
}

/** Seconds after which a server that turned a request away may be asked again (RFC 7252 §5.9.3.4). */
const busyMaxAge = 5

export class Handlers {
  readonly #options: HandlersOptions

  constructor(options: HandlersOptions) {
    this.#options = options
  }

  /** The error that the request gets whatever its body is. */
  refuse({ inbound, message }: Incoming): Response | undefined {
    const { router, openRequests } = this.#options
    const refusal = router.refuse(new ServerRequest(message, inbound.remote, openRequests))
    return refusal === undefined ? undefined : toResponse(refusal)
  }

  /** `whole` is the message with its body from all blocks. An answer that is there at once goes at once. */
  call(incoming: Incoming, whole: Message): void {
    const { router, openRequests } = this.#options
    const request = new ServerRequest(whole, incoming.inbound.remote, openRequests)
    if (openRequests.isFull(request)) {
      const maxAge = uintOption(OptionNumber.MaxAge, busyMaxAge)
      incoming.inbound.respond(toDiagnostic(Code.ServiceUnavailable, 'too many requests are open', [maxAge]))
      return
    }
    const call: Call = { incoming, request }
    try {
      call.candidate = this.#observe(call)
      const reply = router.dispatch(request)
      if ('then' in reply) this.#wait(call, reply)
      else this.#answer(call, reply)
    } catch (error) {
      this.#fail(call, error)
    }
  }

  #wait(call: Call, reply: Promise<CoapReply>): void {
    const { openRequests } = this.#options
    openRequests.enter(call.request)
    call.incoming.inbound.expectDelay()
    call.onSettled = () => openRequests.leave(call.request)
    reply.then(
      (value) => this.#answer(call, value),
      (error) => this.#fail(call, error),
    )
  }

  #fail({ incoming, request, candidate, onSettled }: Call, error: unknown): void {
    candidate?.refuse()
    this.#options.openRequests.releaseSignal(request)
    const response = this.#explain(request, error)
    incoming.inbound.respond(withBlock1(response, incoming.block1), onSettled)
  }

  #explain(request: ServerRequest, error: unknown): Response {
    const { openRequests, onHandlerError } = this.#options
    if (!openRequests.isStopped) onHandlerError(error, request)
    const what = `${methodName(request.method)} /${request.path.join('/')}`
    return toDiagnostic(Code.InternalServerError, `the handler of ${what} failed`)
  }

  #answer(call: Call, reply: CoapReply): void {
    const { incoming, request, candidate, onSettled } = call
    this.#options.openRequests.releaseSignal(request)
    try {
      const fitted = this.#fit(incoming, toResponse(reply))
      const response = candidate === undefined ? fitted : withObserve(fitted, candidate)
      incoming.inbound.respond(withBlock1(response, incoming.block1), onSettled)
    } catch (error) {
      this.#fail(call, error)
    }
  }

  /** RFC 7641 §4.1: a GET with Observe 0 registers, one with 1 takes it back; the answer says whether it did. */
  #observe({ incoming, request }: Call): Candidate | undefined {
    const { inbound, message, block2 } = incoming
    if (message.code !== Code.Get || inbound.toGroup) return undefined
    const observe = findUint(message.options, OptionNumber.Observe)
    if (observe === undefined) return undefined
    const { observers, router } = this.#options
    const who = { remote: inbound.remote, token: message.token }
    if (observe !== 0) {
      if (observe === 1) observers.deregister(who)
      return undefined
    }
    const changes = router.changes(request.path)
    // RFC 7959 §2.6: a notification begins with the first block; whoever asks for another is fetching, not observing.
    if (changes === undefined || (block2?.number ?? 0) !== 0) return undefined
    // The request outlives its answer: changes and representations are those of what it asked for.
    return observers.begin({
      ...who,
      represent: () => this.#represent(incoming),
      explain: (error) => this.#explain(request, error),
      subscribe: (listener) => changes(request, listener),
    })
  }

  /** What the GET would be answered now, for a notification; in blocks of the size that it asked for. */
  async #represent(incoming: Incoming): Promise<Response> {
    const { router, openRequests } = this.#options
    const request = new ServerRequest(incoming.message, incoming.inbound.remote, openRequests)
    try {
      return this.#fit(incoming, toResponse(await router.dispatch(request)))
    } catch (error) {
      return this.#explain(request, error)
    } finally {
      openRequests.releaseSignal(request)
    }
  }

  /** What one datagram does not carry is kept for the requests that fetch the rest (RFC 7959 §2.4). */
  #fit({ inbound, message, block2 }: Incoming, response: Response): Response {
    const { blockSize, responses } = this.#options
    if (response.payload.length <= Math.min(blockSize, block2?.size ?? blockSize)) {
      return block2 === undefined ? response : sliceResponse(response, block2, blockSize)
    }
    const tagged = withEtag(response)
    if (!responses.keep(transferKey(message, inbound.remote), inbound.remote.address, tagged)) {
      throw new CoapError(
        'too-large',
        `an answer of ${response.payload.length} bytes is above the server's bound`,
      )
    }
    return sliceResponse(tagged, block2, blockSize)
  }
}

/** Only what succeeds can be observed, and only while there is room (RFC 7641 §4.1). */
function withObserve(response: Response, candidate: Candidate): Response {
  const option = isSuccess(response.code) ? candidate.accept() : undefined
  if (option !== undefined) return { ...response, options: [option, ...response.options] }
  candidate.refuse()
  return response
}

/** RFC 7959 §2.3: the answer to the last block names it. */
function withBlock1(response: Response, block1: Block | undefined): Response {
  if (block1 === undefined) return response
  const option = blockOption(OptionNumber.Block1, { ...block1, more: false })
  return { ...response, options: [...response.options, option] }
}
