// One HTTP exchange with an Engine over a Unix socket: kept-alive and bounded sockets; a limit in time and a signal on each.
import { once } from 'node:events'
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/**
 * Sockets to one Engine at a time; more calls wait for a free one. Over SSH each is a channel of the one connection, and each
 * costs the device a little memory: 32 is kind to a small board and enough to start many containers side by side.
 */
const maxSockets = 32

export interface Exchange {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Sent as JSON. */
  readonly body?: object | undefined
  /** Sent as it comes, a tar archive. */
  readonly stream?: Readable | undefined
  readonly signal?: AbortSignal | undefined
  /** For the whole exchange; left out: the Engine may take as long as the connection lives, as a log that is followed does. */
  readonly deadlineMs?: number | undefined
  /** Without a byte in either direction: for transfers, whose length nobody knows. */
  readonly idleMs?: number | undefined
  /** On a socket beside the bounded ones: for a stream that is followed for hours, and must keep no other call waiting. */
  readonly ownSocket?: boolean | undefined
}

export type HttpFailureKind = 'absent' | 'denied' | 'cut' | 'timed-out' | 'interrupted'

/** No whole answer: `absent` nobody listens, `denied` the socket is not for us, `cut` it ended in the middle. */
export class HttpFailure extends Error {
  readonly kind: HttpFailureKind

  constructor(kind: HttpFailureKind, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'HttpFailure'
    this.kind = kind
  }
}

export class HttpSocket {
  readonly #socketPath: string
  readonly #agent = new Agent({ keepAlive: true, maxSockets })

  constructor(socketPath: string) {
    this.#socketPath = socketPath
  }

  /** Sends the request and resolves with what `read` makes of the answer. Throws HttpFailure, or what `read` throws. */
  async exchange<T>(exchange: Exchange, read: (answer: IncomingMessage) => Promise<T>): Promise<T> {
    const { signal, deadlineMs, idleMs } = exchange
    const stopped = new AbortController()
    const stop = (failure: HttpFailure): void => stopped.abort(failure)
    const interrupt = (): void => stop(new HttpFailure('interrupted', 'stopped', signal?.reason))
    if (signal?.aborted) interrupt()
    signal?.addEventListener('abort', interrupt)
    const timer =
      deadlineMs === undefined
        ? undefined
        : setTimeout(
            () => stop(new HttpFailure('timed-out', `no answer within ${deadlineMs / 1000} s`)),
            deadlineMs,
          )
    try {
      stopped.signal.throwIfAborted()
      const outgoing = this.#open(exchange, stopped.signal)
      if (idleMs !== undefined) {
        outgoing.setTimeout(idleMs, () => stop(new HttpFailure('timed-out', `silent for ${idleMs / 1000} s`)))
      }
      const answer = await send(outgoing, exchange)
      const result = await read(answer)
      answer.resume()
      return result
    } catch (error) {
      throw stopped.signal.aborted ? stopped.signal.reason : failureOf(error)
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', interrupt)
    }
  }

  /** Ends every socket, idle or not. */
  close(): void {
    this.#agent.destroy()
  }

  #open(
    { method, path, body, stream, headers, ownSocket = false }: Exchange,
    signal: AbortSignal,
  ): ClientRequest {
    return request({
      socketPath: this.#socketPath,
      agent: ownSocket ? false : this.#agent,
      method,
      path,
      signal,
      headers: {
        host: 'docker',
        ...headers,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(stream === undefined ? {} : { 'content-type': 'application/x-tar' }),
      },
    })
  }
}

async function send(outgoing: ClientRequest, { body, stream }: Exchange): Promise<IncomingMessage> {
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>
  if (stream === undefined) {
    outgoing.end(body === undefined ? undefined : JSON.stringify(body))
    return (await answered)[0]
  }
  let sourceFailure: unknown
  stream.once('error', (error) => {
    sourceFailure = error
  })
  const sent = pipeline(stream, outgoing)
  sent.catch(() => {})
  try {
    // An Engine that refuses in the middle answers and stops reading: its answer says more than our broken pipe.
    return (await Promise.race([answered, sent.then(() => answered)]))[0]
  } catch (error) {
    throw sourceFailure === undefined
      ? error
      : new Error('what was to be sent could not be read', { cause: sourceFailure })
  }
}

/** What a socket's error says of the other side; errors that are not a socket's stay what they are. */
function failureOf(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error
  switch (error.code) {
    case 'ENOENT':
    case 'ECONNREFUSED':
      return new HttpFailure('absent', error.message, error)
    case 'EACCES':
    case 'EPERM':
      return new HttpFailure('denied', error.message, error)
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ERR_STREAM_PREMATURE_CLOSE':
    case 'HPE_INVALID_EOF_STATE':
      return new HttpFailure('cut', error.message, error)
    default:
      return error
  }
}
