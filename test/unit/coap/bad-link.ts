// A client and a server with a bad link between them, and a ledger of what the server's handlers were called for.
import { setTimeout as delay } from 'node:timers/promises'
import { CoapClient } from '../../../src/coap/client.ts'
import { Code } from '../../../src/coap/codes.ts'
import { type CoapRequest, Router } from '../../../src/coap/router.ts'
import { CoapServer, type CoapServerOptions } from '../../../src/coap/server.ts'
import { type TransmissionParameters, transmissionParameters } from '../../../src/coap/transmission.ts'
import { type Fate, FaultProxy } from './fault-proxy.ts'

/**
 * Two hundred times faster than the RFC's, and with more retransmissions: of the 36 % of attempts that fail at 20 % loss each way, twelve in
 * a row are one in 200,000.
 */
export const fastParameters = transmissionParameters({
  ackTimeoutMs: 10,
  maxRetransmit: 12,
  maxLatencyMs: 1_000,
  processingDelayMs: 100,
  nstart: 8,
})

/** How long a handler of /slow takes: well past the delay after which a request gets its empty acknowledgement. */
const slowMs = 25

/** Bytes that differ from place to place and from `seed` to `seed`, so that a block out of place shows. */
export function patternBytes(length: number, seed: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, at) => (at * 31 + (at >> 8) * 17 + seed * 7) & 0xff))
}

export class Ledger {
  /** By the `id` of the request's query. */
  readonly #calls = new Map<string, number>()
  readonly bodies = new Map<string, Uint8Array>()

  /** How often a handler was called for each request that it was called for. */
  get calls(): readonly number[] {
    return [...this.#calls.values()]
  }

  note({ query, payload }: CoapRequest): string {
    const id = query.find((argument) => argument.startsWith('id='))?.slice(3) ?? ''
    this.#calls.set(id, (this.#calls.get(id) ?? 0) + 1)
    this.bodies.set(id, payload)
    return id
  }

  /** /store keeps a body, /text gives 10 KB, /reverse gives the body back to front, /small and /slow give the id. */
  router(): Router {
    const small = (id: string) => ({ code: Code.Content, payload: `answer ${id}` })
    return new Router()
      .add('/store', {
        put: (request) => {
          this.note(request)
          return { code: Code.Changed }
        },
      })
      .add('/text', {
        get: (request) => ({ code: Code.Content, payload: patternBytes(10_000, Number(this.note(request))) }),
      })
      .add('/reverse', {
        put: (request) => {
          this.note(request)
          return { code: Code.Changed, payload: request.payload.toReversed() }
        },
      })
      .add('/small', { get: (request) => small(this.note(request)) })
      .add('/slow', {
        post: async (request) => {
          const id = this.note(request)
          await delay(slowMs)
          return small(id)
        },
      })
  }
}

export interface BadLink extends AsyncDisposable {
  readonly client: CoapClient
  readonly server: CoapServer
  readonly proxy: FaultProxy
  readonly ledger: Ledger
  /** The server's URI by way of the link, with the id in its query. */
  uri(path: string, id: number): string
}

export async function openBadLink(
  fate: Fate,
  options: { readonly parameters?: TransmissionParameters } & Pick<CoapServerOptions, 'clock'> = {},
): Promise<BadLink> {
  const { parameters = fastParameters, ...serverOptions } = options
  const ledger = new Ledger()
  const server = new CoapServer({ router: ledger.router(), parameters, ...serverOptions })
  const { port } = await server.start({ port: 0, address: '127.0.0.1' })
  const proxy = new FaultProxy(port, fate)
  const proxyPort = await proxy.start()
  const client = new CoapClient({ parameters })
  return {
    client,
    server,
    proxy,
    ledger,
    uri: (path, id) => `coap://127.0.0.1:${proxyPort}${path}?id=${id}`,
    [Symbol.asyncDispose]: async () => {
      await client.stop()
      await proxy[Symbol.asyncDispose]()
      await server.stop()
    },
  }
}
