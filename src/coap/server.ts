// A CoAP server: a socket, a router, and an end.
import { type BlockSize, largestBlock } from './blockwise/block.ts'
import type { Clock } from './clock.ts'
import { CoapError } from './coap-error.ts'
import { methodName } from './codes.ts'
import { CoapEndpoint } from './messaging/endpoint.ts'
import type { TableUse } from './messaging/fair-table.ts'
import type { CoapRequest, Router } from './router.ts'
import { Service, type ServiceUse } from './serving/service.ts'
import type { TransmissionParameters } from './transmission.ts'
import { UdpTransport, type UdpTransportOptions } from './transport/udp-transport.ts'

export interface CoapServerOptions {
  readonly router: Router
  readonly parameters?: TransmissionParameters
  /** A request body above this is answered 4.13 with Size1. Default 1 MiB. */
  readonly maxBodyBytes?: number
  /** The largest block that is sent or asked for. Default 1024. */
  readonly blockSize?: BlockSize
  /** Told what a handler threw; the client sees 5.00 and no detail. Default: a warning of the process. */
  readonly onHandlerError?: (error: unknown, request: CoapRequest) => void
  /** What the server may remember; a full table drops the oldest of the peer with the most. */
  readonly limits?: Partial<CoapServerLimits>
  readonly clock?: Clock
  /** In [0, 1): spreads retransmissions and message IDs. */
  readonly random?: () => number
}

export interface CoapServerLimits {
  /** Messages seen, with what they were answered. Default 8 MiB. */
  readonly deduplicationBytes: number
  /** Bodies that come in block by block. Default 16 MiB. */
  readonly reassemblyBytes: number
  /** Answers that go out block by block. Default 16 MiB. */
  readonly responseBytes: number
  /** Requests whose handlers take their time; one more is answered 5.03. Default 1,024. */
  readonly openRequests: number
  /** Their bodies. Default 32 MiB. */
  readonly openRequestBytes: number
}

const mebibyte = 1024 * 1024

const defaultLimits: CoapServerLimits = Object.freeze({
  deduplicationBytes: 8 * mebibyte,
  reassemblyBytes: 16 * mebibyte,
  responseBytes: 16 * mebibyte,
  openRequests: 1024,
  openRequestBytes: 32 * mebibyte,
})

interface Running {
  readonly endpoint: CoapEndpoint
  readonly service: Service
  /** Ends listening to the signal of `start`. */
  readonly unlisten: () => void
}

/** No datagram ends it: what is malformed is rejected, what a handler throws is answered 5.00. */
export class CoapServer {
  readonly #options: CoapServerOptions
  #running: Running | undefined

  constructor(options: CoapServerOptions) {
    this.#options = options
  }

  /** The endpoint it answers from, for a client on the same socket; undefined while it does not run. */
  get endpoint(): CoapEndpoint | undefined {
    return this.#running?.endpoint
  }

  /** How full its tables are; undefined while it does not run. */
  get use(): (ServiceUse & { readonly deduplication: TableUse }) | undefined {
    if (this.#running === undefined) return undefined
    const { endpoint, service } = this.#running
    return { ...service.use, deduplication: endpoint.deduplicationUse }
  }

  /**
   * Listens, on all addresses of both families where none is named, and says where: port 0 takes any free one. `signal` stops the server, then
   * or later. Rejects with `CoapError` (`not-bound`, `aborted`, `stopped`).
   */
  async start(at: {
    readonly port: number
    readonly address?: string
    /** Groups to answer in as well (RFC 7252 §8): only what succeeds, says something and changes nothing. With `0.0.0.0`. */
    readonly multicast?: UdpTransportOptions['multicast']
    readonly signal?: AbortSignal
  }): Promise<{ readonly address: string; readonly port: number }> {
    const { port, address = '::', multicast, signal } = at
    if (this.#running !== undefined) throw new CoapError('not-bound', 'the server runs already')
    refuseIfAborted(signal)
    const running = this.#prepare(
      { address, port, ...(multicast === undefined ? {} : { multicast }) },
      signal,
    )
    this.#running = running
    try {
      const local = await running.endpoint.start()
      running.service.start()
      return local
    } catch (error) {
      await this.stop()
      refuseIfAborted(signal)
      throw error
    }
  }

  /** Closes the socket, ends every wait and aborts the handlers that run. Does not wait for them. */
  async stop(): Promise<void> {
    const running = this.#running
    if (running === undefined) return
    this.#running = undefined
    running.unlisten()
    running.service.stop()
    await running.endpoint.stop()
  }

  #prepare(at: UdpTransportOptions, signal: AbortSignal | undefined): Running {
    const {
      router,
      parameters,
      clock,
      random,
      blockSize = largestBlock,
      maxBodyBytes = mebibyte,
    } = this.#options
    const { openRequests: maxOpenRequests, ...limits } = { ...defaultLimits, ...this.#options.limits }
    const endpoint = new CoapEndpoint({
      transport: new UdpTransport(at),
      deduplicationBytes: limits.deduplicationBytes,
      ...(parameters === undefined ? {} : { parameters }),
      ...(clock === undefined ? {} : { clock }),
      ...(random === undefined ? {} : { random }),
    })
    const onHandlerError = this.#options.onHandlerError ?? warn
    const service = new Service({
      router,
      endpoint,
      blockSize,
      maxBodyBytes,
      maxOpenRequests,
      onHandlerError,
      ...limits,
    })
    const onAbort = () => void this.stop()
    signal?.addEventListener('abort', onAbort)
    return { endpoint, service, unlisten: () => signal?.removeEventListener('abort', onAbort) }
  }
}

function refuseIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new CoapError('aborted', 'start a CoAP server: aborted', signal.reason)
}

function warn(error: unknown, request: CoapRequest): void {
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.emitWarning(
    `CoAP handler of ${methodName(request.method)} /${request.path.join('/')} failed: ${reason}`,
  )
}
