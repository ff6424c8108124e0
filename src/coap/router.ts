// Resources and the way of a request to its handler.
import type { CoapOption } from './options.ts'

export interface CoapRequest {
  /** A method of `Code`. */
  readonly method: number
  readonly path: readonly string[]
  readonly query: readonly string[]
  /** The whole body, however many blocks it came in. */
  readonly payload: Uint8Array
  readonly contentFormat: number | undefined
  readonly accept: number | undefined
  readonly options: readonly CoapOption[]
  readonly remote: { readonly address: string; readonly port: number }
  /** Aborted when the server stops: the answer is then of no use. */
  readonly signal: AbortSignal
  /** The payload as UTF-8. */
  text(): string
}

export interface CoapReply {
  /** A response code of `Code`. */
  readonly code: number
  /** Of any length: what one datagram does not carry goes block by block. */
  readonly payload?: Uint8Array | string
  readonly contentFormat?: number
  /** Seconds (RFC 7252 §5.10.5). */
  readonly maxAge?: number
  /** 1 to 8 bytes. */
  readonly etag?: Uint8Array
  readonly options?: readonly CoapOption[]
}

export type Handler = (request: CoapRequest) => CoapReply | Promise<CoapReply>

export interface Resource {
  /** `rt`, `if`, `ct`, `title` … for /.well-known/core (RFC 6690 §3). */
  readonly attributes?: Readonly<Record<string, string>>
  readonly get?: Handler
  readonly put?: Handler
  readonly post?: Handler
  readonly delete?: Handler
  readonly fetch?: Handler
  /** Content-Formats of request bodies; any other is answered 4.15. */
  readonly consumes?: readonly number[]
  /** Content-Formats of answers; a request that accepts none of them is answered 4.06. */
  readonly produces?: readonly number[]
  /** Critical options beyond those of addressing and blocks that the handlers honour, such as If-Match; any other is answered 4.02. */
  readonly understands?: readonly number[]
}

export class Router {
  readonly #resources = new Map<string, Resource>()

  add(path: string, resource: Resource): this {
    this.#resources.set(path, resource)
    return this
  }

  links(): string {
    throw new Error('being written')
  }

  dispatch(_request: CoapRequest): CoapReply | Promise<CoapReply> {
    throw new Error('being written')
  }
}
