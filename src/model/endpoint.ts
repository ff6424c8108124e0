// An endpoint: where an instance answers CoAP.

export interface Endpoint {
  readonly host: string
  /** UDP port, 1..65535. */
  readonly port: number
}

/** RFC 7252 §6.1: the port of `coap` where a URI names none. */
export const defaultCoapPort = 5683

/** `coap://host:port`; an IPv6 address gets its brackets. */
export function renderEndpoint({ host, port }: Endpoint): string {
  return `coap://${host.includes(':') ? `[${host}]` : host}:${port}`
}
