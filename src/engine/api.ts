// The Engine API as calls: agrees on a version, reads JSON, turns refusals and broken connections into errors for the user.
import type { IncomingMessage } from 'node:http'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { agreeOnApiVersion, oldestApiVersion, saysTooOld } from './api-version.ts'
import { refusedCall, unansweredCall } from './engine-error.ts'
import { type Exchange, HttpFailure, HttpSocket } from './http.ts'
import { asRecord } from './wire.ts'

/** What every call takes beside its own arguments. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined
  /** In place of the call's own limit. */
  readonly deadlineMs?: number | undefined
}

export interface ApiCall extends Exchange {
  /** For error texts: `create`. */
  readonly action: string
  /** For error texts: `container compute-compute-1`. */
  readonly object: string
  /** Added to `path`, which stands without the version; undefined values are left out, objects are sent as JSON. */
  readonly query?: Readonly<Record<string, string | number | boolean | object | undefined>>
}

type ReadAnswer<T> = (answer: IncomingMessage) => Promise<T>

export class EngineApi {
  readonly #http: HttpSocket
  readonly #place: string
  #version = oldestApiVersion

  /** @param place which Engine this is, for error texts: a host's name, or `this machine`. */
  constructor({ socketPath, place }: { readonly socketPath: string; readonly place: string }) {
    this.#http = new HttpSocket(socketPath)
    this.#place = place
  }

  /** The parsed body, or undefined when there is none. Throws ShoalError. */
  async json(call: ApiCall): Promise<unknown> {
    return this.read(call, readJson)
  }

  /** Like `json`; a refusal with one of these statuses (404: there is no such thing) is undefined instead of an error. */
  async jsonIfAny(call: ApiCall, statuses: readonly number[] = [404]): Promise<unknown> {
    try {
      return await this.#agreed(call, readJson)
    } catch (error) {
      if (error instanceof Refusal && statuses.includes(error.status)) return undefined
      throw this.#explained(call, error)
    }
  }

  /** What `read` makes of the answer's body. Throws ShoalError, or what `read` throws. */
  async read<T>(call: ApiCall, read: ReadAnswer<T>): Promise<T> {
    try {
      return await this.#agreed(call, read)
    } catch (error) {
      throw this.#explained(call, error)
    }
  }

  /**
   * What `parse` makes of an answer that does not end, piece by piece, on a socket of its own; a slow reader slows the Engine.
   * Whoever stops iterating ends the call. Ends with the answer; throws ShoalError, `INTERRUPTED` when the signal comes.
   * @param onOpen called when the Engine has accepted: from now on nothing is missed.
   */
  async *follow<T>(
    call: ApiCall,
    parse: (answer: IncomingMessage) => AsyncIterable<T>,
    onOpen: () => void = () => {},
  ): AsyncGenerator<T> {
    const left = new AbortController()
    const signal = call.signal === undefined ? left.signal : AbortSignal.any([call.signal, left.signal])
    const pieces = new PassThrough({ objectMode: true })
    const reading = this.read({ ...call, signal, ownSocket: true }, async (answer) => {
      onOpen()
      await pipeline(parse(answer), pieces)
    })
    reading.catch((error: unknown) =>
      pieces.destroy(error instanceof Error ? error : new Error(String(error))),
    )
    try {
      yield* pieces as AsyncIterable<T>
      await reading
    } catch (error) {
      // The pieces end with the socket's own error; the call says what it means.
      await reading
      throw error
    } finally {
      left.abort()
      pieces.destroy()
    }
  }

  close(): void {
    this.#http.close()
  }

  /** Versions are agreed on by the first refusal, not by a ping before the first call: that would cost each activation a round trip. */
  async #agreed<T>(call: ApiCall, read: ReadAnswer<T>): Promise<T> {
    try {
      return await this.#send(call, read)
    } catch (error) {
      if (!(error instanceof Refusal) || !saysTooOld(error.status, error.message)) throw error
      const version = agreeOnApiVersion(error.apiVersion)
      if (version === this.#version) throw error
      this.#version = version
      return await this.#send(call, read)
    }
  }

  async #send<T>(call: ApiCall, read: ReadAnswer<T>): Promise<T> {
    const path = `/v${this.#version}${call.path}${renderQuery(call.query ?? {})}`
    return this.#http.exchange({ ...call, path }, async (answer) => {
      const status = answer.statusCode ?? 0
      if (status < 400) return read(answer)
      throw new Refusal(status, messageOf(await text(answer)), answer.headers['api-version'])
    })
  }

  #explained({ action, object }: ApiCall, error: unknown): unknown {
    const subject = { action, object, place: this.#place }
    if (error instanceof Refusal) return refusedCall(subject, error.status, error.message)
    if (error instanceof HttpFailure) return unansweredCall(subject, error)
    return error
  }
}

/** An answer of status 400 and above. */
class Refusal extends Error {
  readonly status: number
  readonly apiVersion: string | undefined

  constructor(status: number, message: string, apiVersion: string | string[] | undefined) {
    super(message)
    this.status = status
    this.apiVersion = typeof apiVersion === 'string' ? apiVersion : undefined
  }
}

async function readJson(answer: IncomingMessage): Promise<unknown> {
  const body = await text(answer)
  return body.trim() === '' ? undefined : JSON.parse(body)
}

/** `{"message": "…"}`, or a page of the proxy in between. */
function messageOf(body: string): string {
  try {
    const { message } = asRecord(JSON.parse(body))
    if (typeof message === 'string') return message.trim()
  } catch {
    // not JSON: the text itself is the message
  }
  return body.trim().slice(0, 500)
}

function renderQuery(query: NonNullable<ApiCall['query']>): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined)
      parameters.set(name, typeof value === 'object' ? JSON.stringify(value) : String(value))
  }
  return parameters.size === 0 ? '' : `?${parameters}`
}
