// What a client reads of a service and of its activation, in the formats that it may ask for.
import { encode } from 'cborg'
import { ContentFormat } from '../../../coap/content-format.ts'
import type { CoapReply } from '../../../coap/router.ts'
import type { InstanceView, ServiceView } from '../../../model/cluster/views.ts'
import { renderEndpoint } from '../../../model/endpoint.ts'

/** JSON where the client asks for none in particular: a person reads it, and so does every language. */
export const stateFormats = [ContentFormat.Json, ContentFormat.Cbor] as const
/** An activation's answer as text is the endpoint alone: `coap://10.77.0.2:32768`. */
export const activationFormats = [ContentFormat.Json, ContentFormat.Cbor, ContentFormat.TextPlain] as const

type Body = Pick<CoapReply, 'payload' | 'contentFormat'>

/** @param accept one of `stateFormats`, or none */
export function representState(view: ServiceView, accept: number | undefined): Body {
  return inFormat(
    {
      name: view.name,
      state: view.state,
      active: view.active,
      standby: view.standby,
      endpoints: endpointsOf(view),
      instances: view.instances.map(representInstance),
    },
    accept,
  )
}

/** Those that answer now. */
export function endpointsOf({ instances }: ServiceView): readonly string[] {
  return instances.flatMap(({ state, endpoint }) =>
    isReachable(state) && endpoint !== undefined ? [renderEndpoint(endpoint)] : [],
  )
}

/** Runs, and has not been found silent. */
export function isReachable(state: InstanceView['state']): boolean {
  return state === 'answering' || state === 'running'
}

/**
 * @param endpoint of an instance that answers
 * @param proxyPath path at the manager that leads there through every failover
 */
export function representActivation(endpoint: string, proxyPath: string, accept: number | undefined): Body {
  if (accept === ContentFormat.TextPlain)
    return { payload: `${endpoint}\n`, contentFormat: ContentFormat.TextPlain }
  return inFormat({ endpoint, proxy: proxyPath }, accept)
}

function representInstance({ node, state, endpoint, reason }: InstanceView): object {
  return {
    state,
    ...(node === undefined ? {} : { node }),
    ...(endpoint === undefined ? {} : { endpoint: renderEndpoint(endpoint) }),
    ...(reason === '' ? {} : { reason }),
  }
}

export function inFormat(value: object, accept: number | undefined): Body {
  return accept === ContentFormat.Cbor
    ? { payload: encode(value), contentFormat: ContentFormat.Cbor }
    : { payload: JSON.stringify(value), contentFormat: ContentFormat.Json }
}
