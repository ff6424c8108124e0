// What a handler of the HTTP API gets and gives.
import type { Readable } from 'node:stream'
import type { AnswerOf, BodyOf, MediaType, ParamsOf, QueryOf } from '../../../model/api/route.ts'
import type { apiRoutes, RouteName } from '../../../model/api/routes.ts'

export interface ApiRequest<R> {
  readonly params: ParamsOf<R>
  readonly query: QueryOf<R>
  readonly body: BodyOf<R>
  readonly accept: string | undefined
  /** Of a server-sent events client that was cut off. */
  readonly lastEventId: string | undefined
  /** Comes when the client goes away, and when the manager stops. */
  readonly signal: AbortSignal
  /** Comes when the manager stops: for work that a client may begin but not break off. */
  readonly lifetime: AbortSignal
}

export interface StreamReply {
  readonly stream: Readable
  readonly mediaType: MediaType
}

/** 204. */
export interface DoneReply {
  readonly done: true
}

export const doneReply: DoneReply = Object.freeze({ done: true })

export type ApiReply<R> = { readonly json: AnswerOf<R> } | StreamReply | DoneReply

export type Handler<R> = (request: ApiRequest<R>) => ApiReply<R> | Promise<ApiReply<R>>

export type Handlers = { readonly [Name in RouteName]: Handler<(typeof apiRoutes)[Name]> }
