// How a wire of the lab reaches a board: a bridge in the board's network namespace, between the wire's interface and QEMU's tap. Pure.

/** Interface names in the namespace around a board; at most 15 characters with the names that the lab gives. */
export const bridgeOf = (interfaceName: string) => `br-${interfaceName}`
export const tapOf = (interfaceName: string) => `tap-${interfaceName}`

/** The words for `ip`, in their order; the wire's own interface is there already. */
export function boardWireArgs(interfaceName: string): readonly (readonly string[])[] {
  const [bridge, tap] = [bridgeOf(interfaceName), tapOf(interfaceName)]
  return [
    ['link', 'add', bridge, 'type', 'bridge', 'forward_delay', '0', 'stp_state', '0', 'mcast_snooping', '0'],
    ['tuntap', 'add', 'dev', tap, 'mode', 'tap', 'vnet_hdr'],
    ['link', 'set', tap, 'master', bridge, 'up'],
    ['link', 'set', bridge, 'up'],
    ['link', 'set', interfaceName, 'master', bridge, 'up'],
  ]
}

/** The link-local address that the kernel gives an interface for its hardware address (RFC 4291, appendix A). */
export function linkLocalAddress(hardwareAddress: string): string {
  const [first = 0, ...rest] = hardwareAddress.split(':').map((byte) => Number.parseInt(byte, 16))
  const bytes = [first ^ 2, ...rest.slice(0, 2), 0xff, 0xfe, ...rest.slice(2)]
  const groups = [0, 2, 4, 6].map((at) => (((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)).toString(16))
  return `fe80::${groups.join(':')}`
}
