// One route of the manager's HTTP API as data: what the server checks, the client is typed by, and the OpenAPI page is made from.
import type { z } from 'zod'
import type { ErrorCode } from '../errors.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export type MediaType = 'application/json' | 'application/x-ndjson' | 'text/event-stream' | 'text/plain'

export interface ApiRoute<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
> {
  readonly method: Method
  /** With its parameters in braces: `/api/v1/apps/{application}`. */
  readonly path: string
  readonly summary: string
  /** More than fits the summary; Markdown. */
  readonly description?: string
  readonly params?: Params
  readonly query?: Query
  readonly body?: Body
  /** Of a success. */
  readonly status: 200 | 204
  /** What a success answers with as JSON. */
  readonly answer?: Answer
  /** Other forms of the answer, by media type: one line of NDJSON, the `data` of one event; text has no schema. */
  readonly streams?: Readonly<Partial<Record<Exclude<MediaType, 'application/json'>, z.ZodType>>>
  /** Beside those that any request may meet. */
  readonly errors: readonly ErrorCode[]
}

/** Keeps the types of the schemas; checks the form. */
export function route<
  Params extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
  Body extends z.ZodType = z.ZodUndefined,
  Answer extends z.ZodType = z.ZodUndefined,
>(described: ApiRoute<Params, Query, Body, Answer>): ApiRoute<Params, Query, Body, Answer> {
  return Object.freeze(described)
}

export type ParamsOf<R> =
  R extends ApiRoute<infer Params, z.ZodType, z.ZodType, z.ZodType> ? z.output<Params> : never
export type QueryOf<R> =
  R extends ApiRoute<z.ZodType, infer Query, z.ZodType, z.ZodType> ? z.output<Query> : never
export type BodyOf<R> =
  R extends ApiRoute<z.ZodType, z.ZodType, infer Body, z.ZodType> ? z.output<Body> : never
export type AnswerOf<R> =
  R extends ApiRoute<z.ZodType, z.ZodType, z.ZodType, infer Answer> ? z.output<Answer> : never

/** What a client gives: where a member has a default it may be left out. */
export interface RouteInput<R> {
  readonly params: R extends ApiRoute<infer Params, z.ZodType, z.ZodType, z.ZodType> ? z.input<Params> : never
  readonly query: R extends ApiRoute<z.ZodType, infer Query, z.ZodType, z.ZodType> ? z.input<Query> : never
  readonly body: R extends ApiRoute<z.ZodType, z.ZodType, infer Body, z.ZodType> ? z.input<Body> : never
}
