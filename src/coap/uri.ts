// The coap URI scheme (RFC 7252 §6).
import { isIPv4, isIPv6 } from 'node:net'
import { defaultCoapPort } from '../model/endpoint.ts'
import { CoapError } from './coap-error.ts'
import { normaliseAddress } from './transport/remote.ts'

/** A URI of the scheme `coap`, decomposed. */
export interface CoapUri {
  /** A name in lower case, or an address without its brackets. */
  readonly host: string
  /** 4 or 6 for an address, 0 for a name that must be resolved. */
  readonly family: 0 | 4 | 6
  readonly port: number
  /** Decoded segments: the Uri-Path options. */
  readonly path: readonly string[]
  /** Decoded arguments: the Uri-Query options. */
  readonly query: readonly string[]
}

const shape =
  /^([a-z][a-z0-9+.-]*):\/\/(\[[^\]]*\]|[^/?#:[\]]*)(?::([^/?#]*))?(\/[^?#]*)?(?:\?([^#]*))?(#.*)?$/i

/** RFC 7252 §6.4. Throws `CoapError` of the kind `bad-uri`. */
export function parseCoapUri(uri: string): CoapUri {
  const refuse = (reason: string): never => {
    throw new CoapError('bad-uri', `${uri}: ${reason}`)
  }
  const parts = shape.exec(uri)
  if (parts === null) return refuse('is no absolute URI, such as coap://host:5683/path?query')
  const [, scheme = '', authority = '', port, path = '', query, fragment] = parts
  if (scheme.toLowerCase() !== 'coap') return refuse(`the scheme is ${scheme}, only coap is spoken`)
  if (authority === '') return refuse('names no host')
  if (authority.includes('@')) return refuse('a coap URI has no user')
  if (fragment !== undefined) return refuse('a coap URI has no fragment (#)')
  return {
    ...parseHost(authority, refuse),
    port: parsePort(port, refuse),
    path: parsePath(path, refuse),
    query:
      query === undefined ? [] : query.split('&').map((argument) => decode(argument, 'an argument', refuse)),
  }
}

type Refuse = (reason: string) => never

function parseHost(authority: string, refuse: Refuse): Pick<CoapUri, 'host' | 'family'> {
  if (authority.startsWith('[')) {
    // RFC 6874: the % before a zone is written %25; a bare one is common and means the same.
    const address = authority.slice(1, -1).replace('%25', '%').toLowerCase()
    if (!isIPv6(address)) return refuse(`${authority} is no IPv6 address`)
    const host = normaliseAddress(address)
    return { host, family: host === address ? 6 : 4 }
  }
  const host = decode(authority, 'the host', refuse).toLowerCase()
  if (isIPv4(host)) return { host, family: 4 }
  if (/^[\d.]+$/.test(host)) return refuse(`${host} is no IPv4 address`)
  return { host, family: 0 }
}

function parsePort(text: string | undefined, refuse: Refuse): number {
  if (text === undefined || text === '') return defaultCoapPort
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  return port >= 1 && port <= 65535 ? port : refuse(`the port is ${text}, not 1 to 65535`)
}

/** Without dot segments (RFC 3986 §5.2.4); the path `/` is no segment at all. */
function parsePath(text: string, refuse: Refuse): readonly string[] {
  if (text === '' || text === '/') return []
  const segments: string[] = []
  const written = text.slice(1).split('/')
  for (const [index, segment] of written.entries()) {
    const isLast = index === written.length - 1
    if (segment === '..') segments.pop()
    else if (segment !== '.') segments.push(decode(segment, 'a path segment', refuse))
    if (isLast && (segment === '.' || segment === '..')) segments.push('')
  }
  return segments.length === 1 && segments[0] === '' ? [] : segments
}

/** RFC 7252 §5.10: Uri-Host, Uri-Path and Uri-Query carry at most 255 bytes each. */
function decode(text: string, what: string, refuse: Refuse): string {
  let decoded = text
  if (text.includes('%')) {
    try {
      decoded = decodeURIComponent(text)
    } catch {
      return refuse(`${what} has a % that encodes no UTF-8: ${text}`)
    }
  }
  if (decoded.length > 84 && Buffer.byteLength(decoded) > 255)
    return refuse(`${what} is longer than 255 bytes`)
  return decoded
}
