// The manager over CoAP: services for the simplest clients, the reverse proxy, and what the agents need.
import { CoapClient } from '../../../coap/client.ts'
import { ContentFormat } from '../../../coap/content-format.ts'
import { allCoapNodes } from '../../../coap/multicast.ts'
import { Router } from '../../../coap/router.ts'
import { CoapServer } from '../../../coap/server.ts'
import { transmissionParameters } from '../../../coap/transmission.ts'
import type { ServiceView } from '../../../model/cluster/views.ts'
import type { Endpoint } from '../../../model/endpoint.ts'
import { addAgentResources } from '../../monitor/agent-resources.ts'
import type { Monitor } from '../../monitor/monitor.ts'
import { isCalled } from './is-called.ts'
import { type ProxiedService, ReverseProxy } from './proxy.ts'
import { Relay } from './relay.ts'
import { activationFormats, isReachable, stateFormats } from './representation.ts'
import { type ServiceDesk, Services } from './services.ts'

export interface CoapApiOptions {
  readonly desk: ServiceDesk & {
    /** Called when a view may be another than before. */
    onChange(listener: () => void): () => void
  }
  readonly monitor: Monitor
  /** What `/` says of the manager, for those who look for one: `fp`, `http`, `join`. */
  readonly about: Readonly<Record<string, string>>
  readonly port: number
  /** IPv4 addresses of this machine by which it is found through CoAP multicast. */
  readonly interfaces: () => readonly string[]
  /** Adds further resources, before the server starts. */
  readonly extend?: (router: Router) => void
  readonly onHandlerError: (error: unknown) => void
}

/** One manager speaks with many instances, and with each for many clients at once. */
const parameters = transmissionParameters({ nstart: 64 })

export class CoapApi {
  readonly #options: CoapApiOptions
  #running: { readonly server: CoapServer; readonly client: CoapClient } | undefined

  constructor(options: CoapApiOptions) {
    this.#options = options
  }

  /** Rejects with `CoapError` (`not-bound`). */
  async start(signal: AbortSignal): Promise<{ readonly port: number }> {
    const { port, interfaces, onHandlerError } = this.#options
    const client = new CoapClient({ parameters })
    const server = new CoapServer({ router: this.#route(client), onHandlerError })
    this.#running = { server, client }
    try {
      return await server.start({
        port,
        address: '0.0.0.0',
        multicast: { groups: [allCoapNodes], interfaces },
        signal,
      })
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  async stop(): Promise<void> {
    const running = this.#running
    this.#running = undefined
    await Promise.all([running?.server.stop(), running?.client.stop()])
  }

  #route(client: CoapClient): Router {
    const { desk, monitor, about, extend } = this.#options
    const services = new Services(desk)
    const proxy = new ReverseProxy({
      relay: new Relay({ client }),
      service: (name) => this.#proxied(name),
    })
    const router = new Router()
    router.add('/', {
      attributes: { rt: 'shoal.manager', ...about },
      get: () => ({
        code: 0x45,
        contentFormat: ContentFormat.Json,
        payload: JSON.stringify({ manager: 'shoal', ...about }),
      }),
    })
    router.add('/services', {
      attributes: { rt: 'shoal.services', ct: '40 50 60' },
      produces: [ContentFormat.LinkFormat, ...stateFormats],
      get: (request) => services.list(request),
      changes: (_, listener) => desk.onChange(listener),
    })
    router.addTree('/services', {
      produces: activationFormats,
      get: (request) => services.state(request),
      post: (request) => services.activate(request),
      delete: (request) => services.remove(request),
      changes: ({ path, accept }, listener) => this.#stateChanges(services, path, accept, listener),
    })
    router.addTree('/s', { understands: 'all', any: (request) => proxy.handle(request) })
    router.addLinks(() => services.links())
    addAgentResources(router, monitor)
    extend?.(router)
    return router
  }

  /** Only when what the observer sees has changed: views come anew with every report. */
  #stateChanges(
    services: Services,
    path: readonly string[],
    accept: number | undefined,
    listener: () => void,
  ): () => void {
    const look = () => String(services.present(path, accept))
    let seen = look()
    return this.#options.desk.onChange(() => {
      const now = look()
      if (now === seen) return
      seen = now
      listener()
    })
  }

  #proxied(name: string): ProxiedService | undefined {
    const { desk } = this.#options
    const find = (): ServiceView | undefined => desk.views().find((view) => isCalled(view, name))
    const view = find()
    if (view === undefined) return desk.catalogueNames().includes(name) ? idle : undefined
    return {
      isWanted: view.active > 0,
      upstreams: {
        current: () => (find()?.instances ?? []).flatMap(endpointOf),
        onChange: (listener) => desk.onChange(listener),
      },
    }
  }
}

const idle: ProxiedService = {
  isWanted: false,
  upstreams: { current: () => [], onChange: () => () => {} },
}

function endpointOf({ state, endpoint }: ServiceView['instances'][number]): readonly Endpoint[] {
  return isReachable(state) && endpoint !== undefined ? [endpoint] : []
}
