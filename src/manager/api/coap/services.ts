// `/services` and `/services/NAME`: what the simplest client does with a service: ask for it, look at it, give it back.
import { Code } from '../../../coap/codes.ts'
import { ContentFormat } from '../../../coap/content-format.ts'
import { type Link, matchLinks, renderLinks } from '../../../coap/link-format.ts'
import type { CoapReply, CoapRequest } from '../../../coap/router.ts'
import type { ServiceView } from '../../../model/cluster/views.ts'
import { type Endpoint, renderEndpoint } from '../../../model/endpoint.ts'
import { isCalled } from './is-called.ts'
import { proxyPath } from './proxy.ts'
import { replyOfError } from './reply-of-error.ts'
import { endpointsOf, inFormat, representActivation, representState } from './representation.ts'

/** Nothing of what these resources take is longer. */
const maxPayloadBytes = 1024

/** Seconds for which a state may be taken for the present one. */
const stateMaxAgeS = 60

export interface ServiceDesk {
  /** The services that are deployed. */
  views(): readonly ServiceView[]
  /** Names of the catalogue: what may be activated by name alone. */
  catalogueNames(): readonly string[]
  /** Resolves when an instance answers CoAP; rejects with ShoalError. */
  activate(name: string, options: { readonly signal: AbortSignal }): Promise<{ readonly endpoint: Endpoint }>
  /** Rejects with ShoalError. */
  deactivate(name: string, options: { readonly signal: AbortSignal }): Promise<void>
}

export class Services {
  readonly #desk: ServiceDesk

  constructor(desk: ServiceDesk) {
    this.#desk = desk
  }

  /** Each service as a link, for `GET /services` and /.well-known/core. */
  links(): readonly Link[] {
    return this.#all().flatMap(({ name, state }) => [
      {
        target: `/services/${encodeURIComponent(name)}`,
        attributes: { rt: 'shoal.service', state, obs: '' },
      },
      { target: `${proxyPath(name)}/`, attributes: { rt: 'shoal.proxy' } },
    ])
  }

  /** `GET /services`: link format, or JSON and CBOR by Accept. */
  list({ accept, query }: CoapRequest): CoapReply {
    if (accept === ContentFormat.Json || accept === ContentFormat.Cbor) {
      const services = this.#all().map((view) => ({
        name: view.name,
        state: view.state,
        endpoints: endpointsOf(view),
      }))
      return { code: Code.Content, ...inFormat(services, accept) }
    }
    const links = this.links().filter(({ attributes }) => attributes.rt === 'shoal.service')
    return {
      code: Code.Content,
      contentFormat: ContentFormat.LinkFormat,
      payload: renderLinks(matchLinks(links, query)),
    }
  }

  /** `GET /services/NAME` */
  state({ path, accept }: CoapRequest): CoapReply {
    const view = this.#find(path)
    if (view === undefined) return unknown(path)
    return { code: Code.Content, maxAge: stateMaxAgeS, ...representState(view, accept) }
  }

  /** What a GET of the path would show, as text: to know whether it has changed. */
  present(path: readonly string[], accept: number | undefined): string {
    const view = this.#find(path)
    return view === undefined
      ? ''
      : Buffer.from(representState(view, accept).payload ?? '').toString('latin1')
  }

  /** `POST /services/NAME`: answered once, when an instance answers CoAP or it is known that none can. */
  async activate({ path, payload, accept, signal }: CoapRequest): Promise<CoapReply> {
    const name = nameOf(path)
    if (name === undefined) return unknown(path)
    const refusal = refusePayload(payload)
    if (refusal !== undefined) return refusal
    try {
      const { endpoint } = await this.#desk.activate(name, { signal })
      return { code: Code.Created, ...representActivation(renderEndpoint(endpoint), proxyPath(name), accept) }
    } catch (error) {
      return replyOfError(error)
    }
  }

  /** `DELETE /services/NAME` */
  async remove({ path, signal }: CoapRequest): Promise<CoapReply> {
    const name = nameOf(path)
    if (name === undefined) return unknown(path)
    try {
      await this.#desk.deactivate(name, { signal })
      return { code: Code.Deleted }
    } catch (error) {
      return replyOfError(error)
    }
  }

  #find(path: readonly string[]): ServiceView | undefined {
    const name = nameOf(path)
    return this.#all().find((view) => isCalled(view, name))
  }

  /** The deployed ones, and those of the catalogue that are not. */
  #all(): readonly ServiceView[] {
    const views = this.#desk.views()
    const deployed = new Set(views.flatMap(({ name, application }) => [name, application]))
    const idle = this.#desk.catalogueNames().filter((name) => !deployed.has(name))
    return [...views, ...idle.map(idleView)]
  }
}

function idleView(name: string): ServiceView {
  return {
    name,
    application: name,
    service: '',
    state: 'stopped',
    active: 0,
    standby: 0,
    instances: [],
    image: '',
    speaksCoap: true,
  }
}

/** `['services', 'compute']` → `compute`; deeper paths name nothing. */
function nameOf(path: readonly string[]): string | undefined {
  return path.length === 2 && path[1] !== '' ? path[1] : undefined
}

function unknown(path: readonly string[]): CoapReply {
  return {
    code: Code.NotFound,
    payload: `no service ${path.slice(1).join('/').slice(0, 64)}: GET /services lists them`,
  }
}

function refusePayload(payload: Uint8Array): CoapReply | undefined {
  if (payload.length > maxPayloadBytes)
    return { code: Code.RequestEntityTooLarge, payload: 'an activation takes no payload' }
  return payload.length > 0
    ? { code: Code.BadRequest, payload: 'an activation takes no payload: the name says it all' }
    : undefined
}
