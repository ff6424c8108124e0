// A CoAP server: a socket, a router, and an end.
import type { BlockSize } from './client.ts'
import type { CoapRequest, Router } from './router.ts'
import type { TransmissionParameters } from './transmission.ts'

export interface CoapServerOptions {
  readonly router: Router
  readonly parameters?: TransmissionParameters
  /** A request body above this is answered 4.13 with Size1. Default 1 MiB. */
  readonly maxBodyBytes?: number
  /** The largest block that is sent or asked for. Default 1024. */
  readonly blockSize?: BlockSize
  /** Told what a handler threw; the client sees 5.00 and no detail. */
  readonly onHandlerError?: (error: unknown, request: CoapRequest) => void
}

export class CoapServer {
  readonly #options: CoapServerOptions

  constructor(options: CoapServerOptions) {
    this.#options = options
  }

  async start(_at: {
    readonly port: number
    readonly address?: string
    readonly signal?: AbortSignal
  }): Promise<{ readonly address: string; readonly port: number }> {
    throw new Error(`being written ${this.#options}`)
  }

  async stop(): Promise<void> {}
}
