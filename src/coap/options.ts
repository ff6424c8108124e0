// CoAP options: their numbers, and what the registry says of each (RFC 7252 §5.4, §5.10).

export interface CoapOption {
  readonly number: number
  readonly value: Uint8Array
}

/** Registered numbers that this room knows. */
export const OptionNumber = Object.freeze({
  IfMatch: 1,
  UriHost: 3,
  ETag: 4,
  IfNoneMatch: 5,
  Observe: 6,
  UriPort: 7,
  LocationPath: 8,
  UriPath: 11,
  ContentFormat: 12,
  MaxAge: 14,
  UriQuery: 15,
  Accept: 17,
  LocationQuery: 20,
  Block2: 23,
  Block1: 27,
  Size2: 28,
  ProxyUri: 35,
  ProxyScheme: 39,
  Size1: 60,
  RequestTag: 292,
} as const)

interface Definition {
  readonly name: string
  readonly format: 'empty' | 'opaque' | 'uint' | 'string'
  readonly minLength: number
  readonly maxLength: number
  readonly isRepeatable: boolean
}

const define = (
  name: string,
  format: Definition['format'],
  [minLength, maxLength]: readonly [number, number],
  repeatable?: 'repeatable',
): Definition => Object.freeze({ name, format, minLength, maxLength, isRepeatable: repeatable !== undefined })

/** RFC 7252 table 4; RFC 7641 §2; RFC 7959 §2.1, §4; RFC 9175 §3.2.1. */
const definitions: ReadonlyMap<number, Definition> = new Map<number, Definition>([
  [OptionNumber.IfMatch, define('If-Match', 'opaque', [0, 8], 'repeatable')],
  [OptionNumber.UriHost, define('Uri-Host', 'string', [1, 255])],
  [OptionNumber.ETag, define('ETag', 'opaque', [1, 8], 'repeatable')],
  [OptionNumber.IfNoneMatch, define('If-None-Match', 'empty', [0, 0])],
  [OptionNumber.Observe, define('Observe', 'uint', [0, 3])],
  [OptionNumber.UriPort, define('Uri-Port', 'uint', [0, 2])],
  [OptionNumber.LocationPath, define('Location-Path', 'string', [0, 255], 'repeatable')],
  [OptionNumber.UriPath, define('Uri-Path', 'string', [0, 255], 'repeatable')],
  [OptionNumber.ContentFormat, define('Content-Format', 'uint', [0, 2])],
  [OptionNumber.MaxAge, define('Max-Age', 'uint', [0, 4])],
  [OptionNumber.UriQuery, define('Uri-Query', 'string', [0, 255], 'repeatable')],
  [OptionNumber.Accept, define('Accept', 'uint', [0, 2])],
  [OptionNumber.LocationQuery, define('Location-Query', 'string', [0, 255], 'repeatable')],
  [OptionNumber.Block2, define('Block2', 'uint', [0, 3])],
  [OptionNumber.Block1, define('Block1', 'uint', [0, 3])],
  [OptionNumber.Size2, define('Size2', 'uint', [0, 4])],
  [OptionNumber.ProxyUri, define('Proxy-Uri', 'string', [1, 1034])],
  [OptionNumber.ProxyScheme, define('Proxy-Scheme', 'string', [1, 255])],
  [OptionNumber.Size1, define('Size1', 'uint', [0, 4])],
  [OptionNumber.RequestTag, define('Request-Tag', 'opaque', [0, 8], 'repeatable')],
])

/** What the registry says of a number; undefined for a number that this room does not know. */
export function optionDefinition(number: number): Definition | undefined {
  return definitions.get(number)
}

/** `27` -> `Block1 (27)`; an unknown number is `option 2053`. */
export function describeOption(number: number): string {
  const definition = definitions.get(number)
  return definition === undefined ? `option ${number}` : `${definition.name} (${number})`
}

/** RFC 7252 §5.4.6: an odd number must be understood or the message is refused. */
export function isCritical(number: number): boolean {
  return (number & 1) === 1
}

/** RFC 7252 §5.4.6: a proxy that does not know it may not forward it. */
export function isUnsafe(number: number): boolean {
  return (number & 2) === 2
}

/** RFC 7252 §5.4.6: whether two requests that differ in this option may still share a cached response. */
export function isNoCacheKey(number: number): boolean {
  return (number & 0x1e) === 0x1c
}
