// The coap URI scheme.

/** A URI of the scheme `coap`, decomposed (RFC 7252 §6.4). */
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

/** RFC 7252 §6.4. Throws `CoapError` of the kind `bad-uri`. */
export function parseCoapUri(_uri: string): CoapUri {
  throw new Error('being written')
}
