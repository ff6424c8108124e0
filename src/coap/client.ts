// A CoAP client: requests as calls that end.
import type { CoapOption } from './options.ts'
import type { TransmissionParameters } from './transmission.ts'

export type BlockSize = 16 | 32 | 64 | 128 | 256 | 512 | 1024

export interface CoapRequestInit {
  /** A method of `Code`; default Get. */
  readonly method?: number
  readonly payload?: Uint8Array | string
  readonly contentFormat?: number
  readonly accept?: number
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
  readonly code: number
  readonly payload: Uint8Array
  readonly contentFormat: number | undefined
  readonly options: readonly CoapOption[]
  readonly remote: { readonly address: string; readonly port: number }
  text(): string
}

export interface CoapClientOptions {
  readonly parameters?: TransmissionParameters
}

export class CoapClient {
  readonly #options: CoapClientOptions

  constructor(options: CoapClientOptions = {}) {
    this.#options = options
  }

  async request(_uri: string, _init: CoapRequestInit = {}): Promise<CoapResponse> {
    throw new Error(`being written ${this.#options}`)
  }

  async ping(
    _uri: string,
    _init: { readonly deadlineMs?: number; readonly signal?: AbortSignal } = {},
  ): Promise<number> {
    throw new Error('being written')
  }

  async stop(): Promise<void> {}
}
