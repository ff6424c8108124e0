// A CoAP client: requests as calls that end.
import { type BlockSize, isBlockSize, largestBlock } from './blockwise/block.ts'
import { type Clock, systemClock } from './clock.ts'
import { CoapError } from './coap-error.ts'
import { type Message, noBytes } from './codec/message.ts'
import { decodeText, findUint, uintOption } from './codec/option-value.ts'
import { Code, isRequestCode, methodName } from './codes.ts'
import {
  type EndpointSource,
  type LocalEndpoint,
  LocalEndpoints,
  SharedEndpoint,
} from './exchange/local-endpoints.ts'
import { Observation, type ObservationEnd } from './exchange/observation.ts'
import { Operation } from './exchange/operation.ts'
import { ping } from './exchange/ping.ts'
import { type Target, Targets } from './exchange/target.ts'
import { transfer } from './exchange/transfer.ts'
import { CoapEndpoint } from './messaging/endpoint.ts'
import type { Peer } from './messaging/peers.ts'
import { Schedule } from './messaging/schedule.ts'
import { type CoapOption, describeOption, OptionNumber } from './options.ts'
import type { TransmissionParameters } from './transmission.ts'
import type { Remote } from './transport/remote.ts'
import { type Resolver, systemResolver } from './transport/resolve.ts'
import { UdpTransport } from './transport/udp-transport.ts'

export interface CoapRequestInit {
  /** A method of `Code`; default Get. */
  readonly method?: number
  readonly payload?: Uint8Array | string
  readonly contentFormat?: number
  readonly accept?: number
  /** Beyond those that the other fields stand for. */
  readonly options?: readonly CoapOption[]
  /** Default true. */
  readonly confirmable?: boolean
  /** For the whole exchange: name resolution, waiting for NSTART, every block. Default 30,000. */
  readonly deadlineMs?: number
  readonly signal?: AbortSignal
  /** Bodies above this go in blocks (RFC 7959); below 1024 the server is asked for such blocks as well. Default 1024. */
  readonly blockSize?: BlockSize
  /** An answer's body above this fails with `too-large`. Default 16 MiB. */
  readonly maxBodyBytes?: number
}

export interface CoapResponse {
  /** A response code of `Code`. */
  readonly code: number
  /** The whole body, however many blocks it came in. */
  readonly payload: Uint8Array
  readonly contentFormat: number | undefined
  readonly options: readonly CoapOption[]
  readonly remote: { readonly address: string; readonly port: number }
  /** The payload as UTF-8. */
  text(): string
}

export interface CoapObserveInit {
  readonly accept?: number
  /** Beyond those that the other fields stand for. */
  readonly options?: readonly CoapOption[]
  /** Ends the observation; the server is told. */
  readonly signal: AbortSignal
  /** Of the registration, and of each renewal. Default 30,000. */
  readonly deadlineMs?: number
  /** A representation's body above this fails with `too-large`. Default 16 MiB. */
  readonly maxBodyBytes?: number
  /**
   * Called with the first answer and then with each newer one, whole; some may be left out, none comes after a newer one. What it throws
   * ends the observation.
   */
  readonly onRepresentation: (response: CoapResponse) => void
  /** Called each time a renewal gets no answer: what was seen last may be out of date. The next one follows, after a longer wait. */
  readonly onSilence?: (error: CoapError) => void
}

export interface CoapPingInit {
  /** Default 30,000. */
  readonly deadlineMs?: number
  readonly signal?: AbortSignal
}

export interface CoapClientOptions {
  /** `nstart` among them: requests that may be outstanding with one server at once. */
  readonly parameters?: TransmissionParameters
  /** To send from, such as a server's own; whoever started it stops it, and its parameters count. Default: sockets of the client's own. */
  readonly endpoint?: CoapEndpoint
  /** Default: the system's resolver. */
  readonly resolve?: Resolver
  readonly clock?: Clock
  /** In [0, 1): spreads retransmissions and message IDs. */
  readonly random?: () => number
}

const defaultDeadlineMs = 30_000
const defaultMaxBodyBytes = 16 * 1024 * 1024

/** Importing and constructing open nothing: sockets open with the first request and close with `stop`. */
export class CoapClient {
  readonly #locals: EndpointSource
  /** Holds the deadlines of the requests under way, and nothing else. */
  readonly #schedule: Schedule
  /** Holds the observations between their requests. */
  readonly #waits: Schedule
  readonly #resolve: Resolver
  readonly #targets = new Targets()
  readonly #clock: Clock
  readonly #random: () => number
  #nextTag: number
  #isStopped = false

  constructor(options: CoapClientOptions = {}) {
    const { clock = systemClock, random = Math.random, parameters, endpoint } = options
    const create = (family: 4 | 6) => {
      const transport = new UdpTransport({ address: family === 6 ? '::' : '0.0.0.0', port: 0 })
      return new CoapEndpoint({
        transport,
        clock,
        random,
        ...(parameters === undefined ? {} : { parameters }),
      })
    }
    this.#locals = endpoint === undefined ? new LocalEndpoints(create) : new SharedEndpoint(endpoint)
    this.#schedule = new Schedule(clock)
    this.#waits = new Schedule(clock)
    this.#clock = clock
    this.#random = random
    this.#resolve = options.resolve ?? systemResolver
    this.#nextTag = Math.floor(random() * 0x1_0000_0000)
  }

  /**
   * Sends a request and waits for its answer, of whatever code: 4.04 resolves. Rejects with `CoapError` when there is no answer or none
   * that can be used; nothing of the request then remains, neither timer nor socket nor retransmission.
   */
  async request(uri: string, init: CoapRequestInit = {}): Promise<CoapResponse> {
    const target = this.#targets.of(uri)
    const method = init.method ?? Code.Get
    const request = {
      method,
      options: requestOptions(target, init),
      payload: toBytes(init.payload),
      isConfirmable: init.confirmable ?? true,
      blockSize: init.blockSize ?? largestBlock,
      maxBodyBytes: init.maxBodyBytes ?? defaultMaxBodyBytes,
    }
    const problem = findProblem(request)
    if (problem !== undefined) throw new CoapError('bad-request', `${methodName(method)} ${uri}: ${problem}`)
    return await this.#operate(
      `${methodName(method)} ${uri}`,
      target,
      init,
      async (local, peer, operation) => {
        const requestTag = this.#needsTag(request) ? this.#tag() : undefined
        const message = await transfer(local.exchanges, peer, operation, { ...request, requestTag })
        return new Response(message, { address: peer.address, port: peer.port })
      },
    )
  }

  /** CoAP ping (RFC 7252 §4.3): the round trip in milliseconds. Path and query play no part. Rejects with `CoapError`. */
  async ping(uri: string, init: CoapPingInit = {}): Promise<number> {
    return await this.#operate(`ping ${uri}`, this.#targets.of(uri), init, (local, peer, operation) =>
      ping(local.exchanges.endpoint, peer, operation),
    )
  }

  /**
   * Observes a resource (RFC 7641) until the signal comes. The registration is renewed when nothing was heard for longer than Max-Age, and
   * again when the server was away.
   * @returns how it ended; rejects with `CoapError` when the registration gets no answer or one comes that cannot be used, and with what
   * `onRepresentation` throws
   */
  async observe(uri: string, init: CoapObserveInit): Promise<ObservationEnd> {
    const target = this.#targets.of(uri)
    const { signal, deadlineMs = defaultDeadlineMs, maxBodyBytes = defaultMaxBodyBytes } = init
    const label = `observe ${uri}`
    const options = requestOptions(target, init)
    const problem = findProblem({ method: Code.Get, options, payload: noBytes, blockSize: largestBlock })
    if (problem !== undefined) throw new CoapError('bad-request', `${label}: ${problem}`)
    try {
      const { local, remote } = await this.#operate(
        label,
        target,
        { deadlineMs, signal },
        async (local, { address, port }) => {
          // Held beyond the operation that opened it.
          local.users++
          return { local, remote: { address, port } }
        },
      )
      try {
        return await new Observation({
          exchanges: local.exchanges,
          remote,
          schedule: this.#schedule,
          waits: this.#waits,
          clock: this.#clock,
          random: this.#random,
          label,
          options,
          maxBodyBytes,
          signal,
          deadlineMs,
          onRepresentation: (message) => init.onRepresentation(new Response(message, remote)),
          onSilence: init.onSilence ?? (() => {}),
        }).run()
      } finally {
        this.#locals.release(local)
      }
    } catch (error) {
      if (error instanceof CoapError && error.kind === 'aborted') return 'cancelled'
      throw error
    }
  }

  /** Ends every request with `stopped` and closes the sockets. The client is of no use afterwards. */
  async stop(): Promise<void> {
    this.#isStopped = true
    // First the endpoints: a request that ends must not let the next one out.
    const closed = this.#locals.stop()
    this.#schedule.stop()
    this.#waits.stop()
    await closed
  }

  async #operate<Result>(
    label: string,
    target: Target,
    { deadlineMs = defaultDeadlineMs, signal }: CoapPingInit,
    act: (local: LocalEndpoint, peer: Peer, operation: Operation) => Promise<Result>,
  ): Promise<Result> {
    if (this.#isStopped) throw stopped()
    if (!(deadlineMs > 0 && Number.isFinite(deadlineMs))) {
      throw new CoapError('bad-request', `${label}: deadlineMs is ${deadlineMs}, not a time above 0`)
    }
    const operation = new Operation({ schedule: this.#schedule, label, deadlineMs, signal })
    operation.begin()
    let local: LocalEndpoint | undefined
    try {
      operation.throwIfEnded()
      const remote = await this.#locate(target, operation)
      const taken = this.#locals.take(remote)
      local = 'then' in taken ? await taken : taken
      return await act(local, local.exchanges.endpoint.peer(remote), operation)
    } finally {
      operation.end()
      if (local !== undefined) this.#locals.release(local)
    }
  }

  async #locate(target: Target, operation: Operation): Promise<Remote> {
    const { host, family, port } = target
    if (family !== 0) return { address: host, port }
    return { address: await operation.waitFor(this.#resolve(host), `resolving ${host}`), port }
  }

  /**
   * A body in blocks always has a tag of its own: a server that heard of two, or of one begun anew, cannot mix them. So have smaller ones
   * while others are under way, whose answers may come in blocks. GET has none: a tag would keep proxies from caching.
   */
  #needsTag({ method, payload, blockSize, options }: RequestFacts): boolean {
    if (options.some(({ number }) => number === OptionNumber.RequestTag)) return false
    return (
      payload.length > blockSize || (this.#schedule.size > 1 && payload.length > 0 && method !== Code.Fetch)
    )
  }

  #tag(): CoapOption {
    this.#nextTag = (this.#nextTag + 1) % 0x1_0000_0000
    return uintOption(OptionNumber.RequestTag, this.#nextTag)
  }
}

interface RequestFacts {
  readonly method: number
  readonly options: readonly CoapOption[]
  readonly payload: Uint8Array
  readonly blockSize: number
}

class Response implements CoapResponse {
  readonly code: number
  readonly payload: Uint8Array
  readonly contentFormat: number | undefined
  readonly options: readonly CoapOption[]
  readonly remote: Remote

  constructor({ code, payload, options }: Message, remote: Remote) {
    this.code = code
    this.payload = payload
    this.options = options
    this.contentFormat = findUint(options, OptionNumber.ContentFormat)
    this.remote = remote
  }

  text(): string {
    return decodeText(this.payload)
  }
}

/** In the order of their numbers, so that encoding need not sort them. */
function requestOptions(
  target: Target,
  { contentFormat, accept, options }: CoapRequestInit,
): readonly CoapOption[] {
  if (
    contentFormat === undefined &&
    accept === undefined &&
    options === undefined &&
    target.query.length === 0
  ) {
    return target.pathOptions
  }
  const all = [...target.pathOptions]
  if (contentFormat !== undefined) all.push(uintOption(OptionNumber.ContentFormat, contentFormat))
  all.push(...target.queryOptions)
  if (accept !== undefined) all.push(uintOption(OptionNumber.Accept, accept))
  if (options !== undefined) all.push(...options)
  return all
}

const ownOptions: ReadonlySet<number> = new Set([
  OptionNumber.Block1,
  OptionNumber.Block2,
  OptionNumber.Size1,
])

function findProblem({ method, options, blockSize }: RequestFacts): string | undefined {
  if (!isRequestCode(method)) return `code ${method} is no method`
  if (!isBlockSize(blockSize)) return `blockSize is ${blockSize}, not 16, 32, 64 … 1024`
  const own = options.find(({ number }) => ownOptions.has(number))
  return own === undefined ? undefined : `${describeOption(own.number)} is for the client itself to set`
}

function toBytes(payload: Uint8Array | string | undefined): Uint8Array {
  if (payload === undefined || payload === '') return noBytes
  return typeof payload === 'string' ? Buffer.from(payload) : payload
}

function stopped(): CoapError {
  return new CoapError('stopped', 'the client was stopped')
}
