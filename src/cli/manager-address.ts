// The address of a manager as a person writes it: a host, host and port, or a URL.

import { CoapError } from '../coap/coap-error.ts'
import { parseCoapUri } from '../coap/uri.ts'
import { ShoalError } from '../model/errors.ts'
import { usualPorts } from '../model/manager-ports.ts'

export interface ManagerAddress {
  /** `http://10.77.0.1:8480`, without a path. */
  readonly httpUrl: string
  /** `coap://10.77.0.1:5683` */
  readonly coapUri: string
}

/**
 * `10.77.0.1`, `ap.local:8480`, `[fd00::1]:8480`, `http://10.77.0.1:8480`, `coap://10.77.0.1`: what is left out is as usual.
 * @throws ShoalError USAGE
 */
export function parseManagerAddress(text: string): ManagerAddress {
  if (/^coap:\/\//i.test(text)) {
    const { host, port } = parseCoap(text)
    return managerAt(host, { coap: port, http: usualPorts.http })
  }
  const isBareIpv6 = /^[0-9a-f:.]+$/i.test(text) && text.split(':').length > 2
  const written = /^http:\/\//i.test(text) ? text : `http://${isBareIpv6 ? `[${text}]` : text}`
  if (!URL.canParse(written)) throw notAnAddress(text)
  const { hostname, port, pathname, search, username, protocol } = new URL(written)
  if (protocol !== 'http:' || pathname !== '/' || search !== '' || username !== '' || hostname === '')
    throw notAnAddress(text)
  // URL leaves the usual port of HTTP out: whoever writes http://ap:80 means it.
  const isPort80 = port === '' && /:80\/?$/.test(text) && !isBareIpv6
  const http = port === '' ? (isPort80 ? 80 : usualPorts.http) : Number(port)
  return managerAt(hostname.replace(/^\[|\]$/g, ''), { coap: usualPorts.coap, http })
}

/** @param host without brackets */
export function managerAt(
  host: string,
  { coap, http }: { readonly coap: number; readonly http: number },
): ManagerAddress {
  const bracketed = host.includes(':') ? `[${host}]` : host
  return { httpUrl: `http://${bracketed}:${http}`, coapUri: `coap://${bracketed}:${coap}` }
}

function parseCoap(text: string): { readonly host: string; readonly port: number } {
  try {
    return parseCoapUri(text)
  } catch (error) {
    if (error instanceof CoapError) throw notAnAddress(text)
    throw error
  }
}

function notAnAddress(text: string): ShoalError {
  return new ShoalError('USAGE', {
    action: 'read',
    object: `the address of a manager, ${text.slice(0, 200)}`,
    reason: 'it is none',
    nextStep:
      'write a host or an address, with a port where it is not the usual one: 10.77.0.1, ap.local:8480',
  })
}
