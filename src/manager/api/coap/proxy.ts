// `/s/NAME/…`: a client keeps one socket and one address, whichever instance works now (reverse proxy, RFC 7252 §5.7.3).
import type { CoapResponse } from '../../../coap/client.ts'
import type { CoapError } from '../../../coap/coap-error.ts'
import { findUint } from '../../../coap/codec/option-value.ts'
import { Code, isSuccess } from '../../../coap/codes.ts'
import { ContentFormat } from '../../../coap/content-format.ts'
import { type CoapOption, describeOption, OptionNumber } from '../../../coap/options.ts'
import type { CoapReply, CoapRequest } from '../../../coap/router.ts'
import { forwardedOptions, returnedOptions, unforwardable } from './forwarded-options.ts'
import { moveLinks } from './move-links.ts'
import type { Relay, RelayOutcome, Upstreams } from './relay.ts'

/** For the whole way, a failover in its middle included. A client that waits longer asks again. */
const deadlineMs = 60_000

/** Seconds after which asking again makes sense. */
const retryAfterS = 5

export interface ProxyOptions {
  readonly relay: Relay
  /** By the name that CoAP gives it; undefined where there is no such service. */
  readonly service: (name: string) => ProxiedService | undefined
}

export interface ProxiedService {
  readonly upstreams: Upstreams
  /** Whether an instance is there or on its way, so that waiting makes sense. */
  readonly isWanted: boolean
}

/** The path of the reverse proxy for a service. */
export function proxyPath(name: string): string {
  return `/s/${encodeURIComponent(name)}`
}

export class ReverseProxy {
  readonly #relay: Relay
  readonly #service: ProxyOptions['service']

  constructor({ relay, service }: ProxyOptions) {
    this.#relay = relay
    this.#service = service
  }

  /** Handles any method below `/s`. */
  async handle(request: CoapRequest): Promise<CoapReply> {
    const [, name, ...rest] = request.path
    const service = name === undefined ? undefined : this.#service(name)
    if (name === undefined || service === undefined)
      return {
        code: Code.NotFound,
        payload: `no service ${(name ?? '').slice(0, 64)}: GET /services lists them`,
      }
    const refusal = refuse(request.options)
    if (refusal !== undefined) return refusal
    if (!service.isWanted) return unavailable(`${name} is not active: POST /services/${name} activates it`)
    const outcome = await this.#relay.forward(
      { path: renderPath(rest, request.query), init: forwardedRequest(request) },
      service.upstreams,
      { signal: request.signal, deadlineMs },
    )
    return replyOf(outcome, name, rest)
  }
}

function refuse(options: readonly CoapOption[]): CoapReply | undefined {
  if (options.some(({ number }) => number === OptionNumber.ProxyUri || number === OptionNumber.ProxyScheme))
    return { code: Code.ProxyingNotSupported, payload: 'only /s/NAME/… is passed on' }
  const unknown = unforwardable(options)
  return unknown === undefined
    ? undefined
    : { code: Code.BadOption, payload: `${describeOption(unknown.number)} is not safe to pass on` }
}

function forwardedRequest({ method, payload, contentFormat, accept, options }: CoapRequest) {
  return {
    method,
    payload,
    options: forwardedOptions(options),
    ...(contentFormat === undefined ? {} : { contentFormat }),
    ...(accept === undefined ? {} : { accept }),
  }
}

/** `['a b'], ['x=1']` → `/a%20b?x=1` */
function renderPath(path: readonly string[], query: readonly string[]): string {
  const parts = query.map((part) => encodeURIComponent(part).replaceAll('%3D', '='))
  return `/${path.map(encodeURIComponent).join('/')}${parts.length === 0 ? '' : `?${parts.join('&')}`}`
}

function replyOf(outcome: RelayOutcome, name: string, path: readonly string[]): CoapReply {
  switch (outcome.kind) {
    case 'answered':
      return forwardedReply(outcome.response, name, path)
    case 'no-instance':
      return unavailable(`no instance of ${name} answers yet`)
    case 'late':
      return { code: Code.GatewayTimeout, payload: `no instance of ${name} answered in time` }
    case 'failed':
      return { code: Code.BadGateway, payload: reasonOf(outcome.error) }
  }
}

function forwardedReply(response: CoapResponse, name: string, path: readonly string[]): CoapReply {
  const { code, options, contentFormat } = response
  const maxAge = findUint(options, OptionNumber.MaxAge)
  const isIndex = path.join('/') === '.well-known/core' && contentFormat === ContentFormat.LinkFormat
  return {
    code,
    payload: isIndex && isSuccess(code) ? moveLinks(response.text(), proxyPath(name)) : response.payload,
    options: returnedOptions(options, ['s', name]),
    ...(contentFormat === undefined ? {} : { contentFormat }),
    ...(maxAge === undefined ? {} : { maxAge }),
  }
}

function unavailable(reason: string): CoapReply {
  return { code: Code.ServiceUnavailable, payload: reason, maxAge: retryAfterS }
}

function reasonOf(error: CoapError): string {
  return error.message.slice(0, 512)
}
