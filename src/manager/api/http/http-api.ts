// The manager's HTTP interface on tcp/8480: the API below /api/v1, its OpenAPI page, metrics, and the way to the registry.
import type { AddressInfo } from 'node:net'
import Fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
} from 'fastify'
import { renderErrorAnswer } from '../../../model/api/error.ts'
import type { ApiRoute } from '../../../model/api/route.ts'
import { apiRoutes, type RouteName } from '../../../model/api/routes.ts'
import { ShoalError } from '../../../model/errors.ts'
import { answerRoute, limitBody } from './answer-route.ts'
import type { Handler } from './api-reply.ts'
import { asBug } from './as-bug.ts'
import { isForeignPage, type PageRequest } from './foreign-page.ts'
import { makeHandlers } from './handlers.ts'
import {
  defaultLimits,
  everyAddress,
  type HttpLimits,
  makeServer,
  refuseConnection,
  writeRefusal,
} from './http-server.ts'
import { renderOpenApi } from './open-api.ts'
import type { HttpParts } from './parts.ts'
import { allowedMethods, refusalOf } from './refusals.ts'
import { RegistryProxy } from './registry-proxy.ts'
import { statusOfError } from './status-of-error.ts'

export interface HttpApiOptions {
  readonly parts: HttpParts
  /** 0 lets the system choose. */
  readonly port: number
  /** Left out: every address of the machine. */
  readonly address?: string
  /** How long a client may take; the defaults are for slow links. */
  readonly limits?: Partial<HttpLimits>
}

const stopGraceMs = 1000

/** Requests are checked by the schemas of the table: fastify’s own checker and serialiser would only cost memory. */
const noCompilers = {
  compilersFactory: { buildValidator: () => () => () => true, buildSerializer: () => () => JSON.stringify },
} as unknown as NonNullable<FastifyServerOptions['schemaController']>

export class HttpApi {
  readonly #options: HttpApiOptions
  readonly #limits: HttpLimits
  #running:
    | { readonly app: FastifyInstance; readonly lifetime: AbortController; readonly proxy: RegistryProxy }
    | undefined

  constructor(options: HttpApiOptions) {
    this.#options = options
    this.#limits = { ...defaultLimits, ...options.limits }
  }

  /** Resolves with where it listens. Throws ShoalError PORT_TAKEN. */
  async start(): Promise<{ readonly address: string; readonly port: number }> {
    const { parts, port, address = everyAddress() } = this.#options
    const lifetime = new AbortController()
    const proxy = new RegistryProxy(parts.registry)
    const app = this.#makeApp()
    const { version } = parts.status()
    this.#measure(app)
    app.addHook('onRequest', async ({ method, headers: { origin, host } }) =>
      refuseForeignPage({ method, origin, host }, parts.status().name),
    )
    this.#addApi(app, lifetime.signal)
    this.#addPages(app, version)
    this.#addProxy(app, proxy)
    try {
      await app.listen({ port, host: address })
    } catch (error) {
      await app.close()
      throw portTaken(port, error)
    }
    this.#running = { app, lifetime, proxy }
    const bound = app.server.address() as AddressInfo
    return { address: bound.address, port: bound.port }
  }

  /** Streams end at once; what is being answered gets a moment. */
  async stop(): Promise<void> {
    const running = this.#running
    this.#running = undefined
    if (running === undefined) return
    running.lifetime.abort()
    running.proxy.stop()
    const timer = setTimeout(() => running.app.server.closeAllConnections(), stopGraceMs)
    await running.app.close()
    clearTimeout(timer)
  }

  #makeApp(): FastifyInstance {
    const { bodyBytes } = this.#limits
    const app: FastifyInstance = Fastify({
      bodyLimit: bodyBytes,
      forceCloseConnections: 'idle',
      routerOptions: { maxParamLength: 512 },
      schemaController: noCompilers,
      serverFactory: (handler) => makeServer(handler, this.#limits),
      clientErrorHandler: refuseConnection,
      frameworkErrors: (error, request, reply) => {
        const { status, answer: refusal } = refusalOf(error, request)
        writeRefusal(reply.raw, status, refusal)
      },
    })
    app.removeContentTypeParser('text/plain')
    app.setErrorHandler((error, request, reply) => this.#answerError(error, request, reply))
    app.setNotFoundHandler((request, reply) => {
      const methods = allowedMethods(request.url)
      const path = request.url.split('?', 1)[0] ?? ''
      if (methods.length === 0) {
        throw new ShoalError('API_NOT_FOUND', {
          action: 'find',
          object: path.slice(0, 200),
          reason: 'the manager has nothing at that path',
          nextStep: 'GET /api/openapi.json lists what it has',
        })
      }
      reply.header('allow', methods.join(', '))
      throw new ShoalError('API_METHOD', {
        action: request.method,
        object: path.slice(0, 200),
        reason: `this path takes ${methods.join(', ')}`,
      })
    })
    return app
  }

  #measure(app: FastifyInstance): void {
    const { metrics } = this.#options.parts
    app.addHook('onResponse', async (request, reply) => {
      metrics.observe({
        method: request.method,
        route: routeOf(request),
        status: reply.statusCode,
        seconds: reply.elapsedTime / 1000,
      })
    })
  }

  #addApi(app: FastifyInstance, lifetime: AbortSignal): void {
    const handlers = makeHandlers(this.#options.parts)
    for (const name of Object.keys(apiRoutes) as RouteName[]) {
      const route: ApiRoute = apiRoutes[name]
      // The table ties each handler to the types of its route; here they are all the same.
      const handler = handlers[name] as Handler<ApiRoute>
      app.route({
        method: route.method,
        url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
        onRequest: async (request, reply) => limitBody(request, reply, this.#limits.bodyMs),
        handler: (request, reply) => answerRoute(route, handler, request, reply, lifetime),
      })
    }
  }

  #addPages(app: FastifyInstance, version: string): void {
    const { metrics } = this.#options.parts
    const page = JSON.stringify(renderOpenApi(apiRoutes, version))
    app.get('/api/openapi.json', (_, reply) => reply.type('application/json; charset=utf-8').send(page))
    app.get('/metrics', async (_, reply) => reply.type(metrics.contentType).send(await metrics.render()))
  }

  #addProxy(app: FastifyInstance, proxy: RegistryProxy): void {
    app.register(async (registry) => {
      // The body stays a stream, of whatever type and size.
      registry.removeAllContentTypeParsers()
      registry.addContentTypeParser('*', (_request, _body, done) => done(null))
      registry.route({
        method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
        url: '/v2/*',
        exposeHeadRoute: false,
        handler: async (request, reply) => {
          reply.hijack()
          try {
            await proxy.forward(request.raw, reply.raw)
          } catch (error) {
            const known = error instanceof ShoalError ? error : this.#bug(error, request)
            writeRefusal(reply.raw, statusOfError(known.code), known)
          }
        },
      })
    })
  }

  #answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    if (error instanceof ShoalError) {
      reply.code(statusOfError(error.code)).send(renderErrorAnswer(error))
      return
    }
    const refusal = refusalOf(error, request)
    if (refusal.status < 500) {
      reply.code(refusal.status).send(renderErrorAnswer(refusal.answer))
      return
    }
    reply.code(500).send(renderErrorAnswer(this.#bug(error, request)))
  }

  #bug(error: unknown, request: FastifyRequest): ShoalError {
    return asBug(error, `${request.method} ${routeOf(request)}`, this.#options.parts.onBug)
  }
}

function refuseForeignPage(request: PageRequest, managerName: string): void {
  if (!isForeignPage(request, managerName)) return
  throw new ShoalError('API_FOREIGN_PAGE', {
    action: request.method,
    object: 'the request',
    reason: `it comes from a page of ${request.origin ?? ''}, and only the manager’s own may change something`,
    nextStep: 'programs send no Origin header; open the page by the address of the manager',
  })
}

/** As the table of routes writes it: `/api/v1/apps/{application}`; never what a client made up. */
function routeOf({ routeOptions: { url } }: FastifyRequest): string {
  return url === undefined ? 'unknown' : url.replaceAll(/:(\w+)/g, '{$1}')
}

function portTaken(port: number, cause: unknown): ShoalError {
  return new ShoalError('PORT_TAKEN', {
    action: 'listen',
    object: `port ${port}/tcp`,
    place: 'this machine',
    reason: cause instanceof Error ? cause.message : String(cause),
    nextStep: `ss -ltnp 'sport = :${port}' names what holds it`,
    cause,
  })
}
