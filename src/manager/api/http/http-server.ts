// The socket of the HTTP interface: how long clients may take, and what those get that speak no HTTP.
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { renderErrorAnswer } from '../../../model/api/error.ts'
import type { ShoalError } from '../../../model/errors.ts'
import { refusalOf } from './refusals.ts'

export interface HttpLimits {
  /** Until the headers of a request have come. */
  readonly headersMs: number
  /** Until a body of JSON has come. */
  readonly bodyMs: number
  readonly bodyBytes: number
  readonly connections: number
}

/** For slow links. */
export const defaultLimits: HttpLimits = Object.freeze({
  headersMs: 10_000,
  bodyMs: 20_000,
  bodyBytes: 1024 * 1024,
  connections: 512,
})

/** How often connections are looked at for one of those limits. */
const checkEveryMs = 2000
const keepAliveMs = 10_000

export function makeServer(handler: RequestListener, { headersMs, connections }: HttpLimits): Server {
  const server = createServer(
    {
      headersTimeout: headersMs,
      // Pushes may take long; bodies of JSON have a limit of their own.
      requestTimeout: 0,
      connectionsCheckingInterval: checkEveryMs,
      keepAliveTimeout: keepAliveMs,
      // Finds clients that vanished without a word while they followed a stream.
      keepAlive: true,
      keepAliveInitialDelay: 30_000,
      maxHeaderSize: 16 * 1024,
    },
    handler,
  )
  server.maxConnections = connections
  return server
}

/** Past fastify, where it is not, or no longer, in charge of the answer. */
export function writeRefusal(raw: ServerResponse, status: number, error: ShoalError): void {
  if (raw.headersSent) {
    raw.destroy()
    return
  }
  const body = JSON.stringify(renderErrorAnswer(error))
  raw.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  })
  raw.end(body)
}

/** What is no HTTP, or comes too slowly, in the form of every other error. */
export function refuseConnection(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const { status, answer: refusal } = refusalOf(error, undefined)
  const body = JSON.stringify(renderErrorAnswer(refusal))
  const lines = [
    `HTTP/1.1 ${status} Refused`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`)
}

/** IPv6 takes IPv4 along; a machine may have been told to have none. */
export function everyAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
  return addresses.some(({ family }) => family === 'IPv6') ? '::' : '0.0.0.0'
}
