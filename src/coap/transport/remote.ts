// The other side of a datagram: an address and a port.

export interface Remote {
  /** IPv4 dotted, or IPv6 with its zone where it has one. IPv4 in IPv6 clothes (`::ffff:10.0.0.1`) is written as IPv4. */
  readonly address: string
  readonly port: number
}

const mappedPrefix = '::ffff:'

/** `::ffff:10.0.0.1` -> `10.0.0.1` (RFC 4291 §2.5.5.2): one peer has one address, whichever socket it reaches. */
export function normaliseAddress(address: string): string {
  return address.startsWith(mappedPrefix) && address.includes('.')
    ? address.slice(mappedPrefix.length)
    : address
}

/** The address as an IPv6 socket sends to it. */
export function toIpv6(address: string): string {
  return address.includes(':') ? address : mappedPrefix + address
}

export function familyOf(address: string): 4 | 6 {
  return address.includes(':') ? 6 : 4
}

/** `10.0.0.1:5683`, `[::1]:5683`. */
export function renderRemote({ address, port }: Remote): string {
  return familyOf(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`
}
