// One request to a route of the table: checked, handled, answered.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { renderErrorAnswer } from '../../../model/api/error.ts'
import type { ApiRoute } from '../../../model/api/route.ts'
import { ShoalError } from '../../../model/errors.ts'
import type { ApiReply, ApiRequest, Handler } from './api-reply.ts'
import { validate } from './validate.ts'

/** Checks the request, lets its handler work, writes what it gives. */
export async function answerRoute(
  route: ApiRoute,
  handler: Handler<ApiRoute>,
  request: FastifyRequest,
  reply: FastifyReply,
  lifetime: AbortSignal,
): Promise<unknown> {
  const { params, query, body } = validate(route, request)
  const gone = new AbortController()
  reply.raw.once('close', () => gone.abort())
  const result = await workOf(handler, {
    params,
    query,
    body,
    accept: request.headers.accept,
    lastEventId: lastEventIdOf(request),
    signal: AbortSignal.any([gone.signal, lifetime]),
    lifetime,
  })
  // The client is gone: nobody is there to be answered.
  if (result === undefined) return reply.hijack()
  reply.header('cache-control', 'no-store')
  if ('done' in result) return reply.code(204).send()
  if ('json' in result) return reply.code(route.status).send(result.json)
  reply.code(route.status).type(`${result.mediaType}; charset=utf-8`).header('x-accel-buffering', 'no')
  if (request.method === 'HEAD') {
    result.stream.destroy()
    return reply.send('')
  }
  return reply.send(result.stream)
}

/** Undefined when the client went away before there was an answer: what its handler makes of that is no failure. */
async function workOf(
  handler: Handler<ApiRoute>,
  request: ApiRequest<ApiRoute>,
): Promise<ApiReply<ApiRoute> | undefined> {
  try {
    return await handler(request)
  } catch (error) {
    if (!request.signal.aborted || error instanceof ShoalError) throw error
    if (!request.lifetime.aborted) return undefined
    throw new ShoalError('MANAGER_UNREACHABLE', {
      action: 'answer',
      object: 'the request',
      reason: 'the manager is being stopped',
      nextStep: 'ask again when it is up',
    })
  }
}

function lastEventIdOf({ headers }: FastifyRequest): string | undefined {
  const id = headers['last-event-id']
  return typeof id === 'string' ? id : undefined
}

/** Against bodies that come a byte at a time. */
export function limitBody(request: FastifyRequest, reply: FastifyReply, bodyMs: number): void {
  if (request.raw.complete) return
  const timer = setTimeout(() => {
    if (request.raw.complete || reply.sent) return
    const late = new ShoalError('API_REQUEST_INVALID', {
      action: 'read',
      object: 'the request',
      reason: `its body did not come within ${bodyMs / 1000} s`,
    })
    reply.raw.once('finish', () => request.raw.destroy())
    reply.code(408).header('connection', 'close').send(renderErrorAnswer(late))
  }, bodyMs)
  for (const end of ['end', 'close'] as const) request.raw.once(end, () => clearTimeout(timer))
}
