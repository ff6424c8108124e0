// Where a service answers CoAP, from what its keys say.
import type { CoapAnswer, NetworkMode } from '../application.ts'
import { defaultCoapPort } from '../endpoint.ts'
import type { Patch } from './section.ts'
import type { ServiceDraft } from './service-draft.ts'
import type { Say } from './service-rules.ts'

/** RFC 6690 §4: every CoAP server may have it, and one that has not answers 4.04, which is an answer. */
const wellKnownCore = '/.well-known/core'

/**
 * The port that `x-shoal.coap` names; else the one whose `app_protocol` is coap; else 5683/udp where clients can reach it; else
 * none. A lone port of another number is not taken for CoAP: UDP carries video and discovery as well.
 */
export function planCoapAnswer(
  { xShoal, ports, exposed = [] }: Patch<ServiceDraft>,
  network: NetworkMode,
  say: Say,
): CoapAnswer {
  const asked = xShoal?.coap
  if (asked === 'none') return { port: undefined, path: wellKnownCore }
  const path = asked?.path ?? wellKnownCore
  const mappings = ports?.mappings ?? []
  const isReachable = (port: number) =>
    network === 'host' ||
    mappings.some(({ containerPort, protocol }) => containerPort === port && protocol === 'udp')
  if (asked?.port !== undefined && !isReachable(asked.port)) {
    say(
      ['x-shoal', 'coap', 'port'],
      `no client reaches ${asked.port}/udp: publish it with ports: ["${asked.port}/udp"]`,
    )
  }
  const port = asked?.port ?? ports?.coapPort ?? usualPort()
  if (port === undefined && asked?.path !== undefined) {
    say(['x-shoal', 'coap', 'path'], 'no port answers CoAP: give port too')
  }
  return { port, path }

  function usualPort(): number | undefined {
    const isExposed = exposed.some(
      ({ port: known, protocol }) => known === defaultCoapPort && protocol === 'udp',
    )
    // With the device's own network nothing is published, and expose is the only word for it.
    const counts = network === 'host' ? isExposed : isReachable(defaultCoapPort)
    return counts ? defaultCoapPort : undefined
  }
}
