// The manager's HTTP API as the command line uses it, typed by the same table of routes that the manager serves.
import { type IncomingMessage, request } from 'node:http'
import type { Readable } from 'node:stream'
import type { z } from 'zod'
import { errorAnswer, readErrorAnswer } from '../model/api/error.ts'
import { type EventAnswer, eventAnswer } from '../model/api/event.ts'
import type { AnswerOf, ApiRoute, RouteInput } from '../model/api/route.ts'
import { apiRoutes } from '../model/api/routes.ts'
import { ShoalError } from '../model/errors.ts'
import { readLines } from './read-lines.ts'
import { readServerSentEvents } from './read-server-sent-events.ts'
import { unreachable } from './unreachable-manager.ts'

/** What a route takes; members that it does not have are left out. */
export type ClientInput<R> = {
  readonly [Part in keyof RouteInput<R> as undefined extends RouteInput<R>[Part]
    ? never
    : Part]: RouteInput<R>[Part]
}

export interface AskOptions {
  readonly signal: AbortSignal
  /** Until the whole answer has come, or, of a stream, its beginning. */
  readonly deadlineMs?: number
}

const usualDeadlineMs = 30_000
/** The manager says every 10 s that a stream is alive. */
const silenceMs = 30_000
const mostAnswerBytes = 64 * 1024 * 1024

export class ManagerClient {
  /** `http://10.77.0.1:8480` */
  readonly baseUrl: string

  constructor(baseUrl: string) {
    this.baseUrl = baseUrl
  }

  /** @throws ShoalError: the manager's own, MANAGER_UNREACHABLE, MANAGER_ANSWER */
  async ask<R extends ApiRoute>(
    route: R,
    input: ClientInput<R>,
    { signal, deadlineMs = usualDeadlineMs }: AskOptions,
  ): Promise<AnswerOf<R>> {
    const deadline = AbortSignal.timeout(deadlineMs)
    const stop = AbortSignal.any([signal, deadline])
    const answer = await this.#send(route, input, 'application/json', { signal, stop, deadlineMs })
    const text = await this.#readAll(answer, { signal, deadlineMs })
    if (route.answer === undefined) return undefined as AnswerOf<R>
    return this.#understand(route.answer, text) as AnswerOf<R>
  }

  /** The objects of a route that answers with lines. Throws as `ask` does, and when the manager falls silent. */
  async *lines<R extends ApiRoute, Line extends z.ZodType>(
    route: R,
    line: Line,
    input: ClientInput<R>,
    { signal, deadlineMs = usualDeadlineMs }: AskOptions,
  ): AsyncGenerator<z.output<Line>, void, void> {
    const answer = await this.#open(route, input, 'application/x-ndjson', { signal, deadlineMs })
    try {
      for await (const text of readLines(this.#whileAlive(answer, signal)))
        if (text !== '') yield this.#understand(line, text)
    } finally {
      answer.destroy()
    }
  }

  /**
   * Events as they happen.
   * @param after the id of the last one that was seen, as `lastId` had it
   */
  async *events(
    after: string | undefined,
    { signal, deadlineMs = usualDeadlineMs }: AskOptions,
  ): AsyncGenerator<{ readonly event: EventAnswer; readonly id: string }, void, void> {
    const answer = await this.#open(
      apiRoutes.events,
      { query: {} },
      'text/event-stream',
      { signal, deadlineMs },
      after === undefined ? {} : { 'last-event-id': after },
    )
    try {
      for await (const { id, data } of readServerSentEvents(this.#whileAlive(answer, signal)))
        yield { event: this.#understand(eventAnswer, data), id }
    } finally {
      answer.destroy()
    }
  }

  async #open<R extends ApiRoute>(
    route: R,
    input: ClientInput<R>,
    accept: string,
    { signal, deadlineMs }: { readonly signal: AbortSignal; readonly deadlineMs: number },
    headers: Readonly<Record<string, string>> = {},
  ): Promise<IncomingMessage> {
    const begun = new AbortController()
    const timer = setTimeout(() => begun.abort(), deadlineMs)
    try {
      const stop = AbortSignal.any([signal, begun.signal])
      return await this.#send(route, input, accept, { signal, stop, deadlineMs }, headers)
    } finally {
      clearTimeout(timer)
    }
  }

  async #send<R extends ApiRoute>(
    route: R,
    input: Partial<RouteInput<R>>,
    accept: string,
    {
      signal,
      stop,
      deadlineMs,
    }: { readonly signal: AbortSignal; readonly stop: AbortSignal; readonly deadlineMs: number },
    headers: Readonly<Record<string, string>> = {},
  ): Promise<IncomingMessage> {
    const url = new URL(pathOf(route, input), this.baseUrl)
    const body = input.body === undefined ? undefined : JSON.stringify(input.body)
    const outgoing = request(url, {
      method: route.method,
      agent: false,
      signal: stop,
      headers: {
        ...headers,
        accept,
        ...(body === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
      },
    })
    let answer: IncomingMessage
    try {
      answer = await new Promise((resolve, reject) => {
        outgoing.once('response', resolve)
        outgoing.on('error', reject)
        outgoing.end(body)
      })
    } catch (error) {
      signal.throwIfAborted()
      throw unreachable(this.baseUrl, error, deadlineMs)
    }
    answer.on('error', () => {})
    answer.socket.setKeepAlive(true, 10_000)
    if (answer.statusCode === 200 || answer.statusCode === 204) return answer
    throw this.#refusal(answer.statusCode ?? 0, await this.#readAll(answer, { signal, deadlineMs }))
  }

  async #readAll(
    answer: IncomingMessage,
    { signal, deadlineMs }: { readonly signal: AbortSignal; readonly deadlineMs: number },
  ): Promise<string> {
    const pieces: Buffer[] = []
    let size = 0
    try {
      for await (const piece of answer as AsyncIterable<Buffer>) {
        size += piece.length
        if (size > mostAnswerBytes) throw new Error('its answer has no end')
        pieces.push(piece)
      }
    } catch (error) {
      signal.throwIfAborted()
      throw unreachable(this.baseUrl, error, deadlineMs)
    }
    return Buffer.concat(pieces).toString('utf8')
  }

  /** The pieces of the body, until the manager falls silent. */
  async *#whileAlive(answer: IncomingMessage, signal: AbortSignal): AsyncGenerator<Buffer, void, void> {
    answer.socket.setTimeout(silenceMs, () =>
      answer.destroy(new Error(`it has been silent for ${silenceMs / 1000} s`)),
    )
    try {
      yield* answer as Readable & AsyncIterable<Buffer>
    } catch (error) {
      signal.throwIfAborted()
      throw unreachable(this.baseUrl, error, silenceMs)
    }
  }

  #understand<Schema extends z.ZodType>(schema: Schema, text: string): z.output<Schema> {
    const value = parseJson(text)
    const result = schema.safeParse(value)
    if (result.success) return result.data
    const [issue] = result.error.issues
    throw this.#notUnderstood(
      value === undefined
        ? 'it is no JSON'
        : `${issue?.path.join('.') || 'the answer'}: ${issue?.message ?? ''}`,
    )
  }

  #refusal(status: number, text: string): ShoalError {
    const result = errorAnswer.safeParse(parseJson(text))
    return result.success ? readErrorAnswer(result.data) : this.#notUnderstood(`status ${status}`)
  }

  #notUnderstood(reason: string): ShoalError {
    return new ShoalError('MANAGER_ANSWER', {
      action: 'read',
      object: 'the answer of the manager',
      place: this.baseUrl,
      reason,
      nextStep: `see whether it is a manager of Shoal, and of which version: ${this.baseUrl}/api/v1/status`,
    })
  }
}

function pathOf<R extends ApiRoute>({ path }: R, { params, query }: Partial<RouteInput<R>>): string {
  const values = (params ?? {}) as Readonly<Record<string, string>>
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''))
  const pairs = Object.entries((query ?? {}) as Readonly<Record<string, unknown>>)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]): [string, string] => [name, String(value)])
  return pairs.length === 0 ? filled : `${filled}?${new URLSearchParams(pairs)}`
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
