// IPv4 addresses and subnets as the lab needs them: in, out, next.

export interface Subnet {
  /** As a number, host bits zero. */
  readonly network: number
  readonly prefixLength: number
}

/** The address as a number, or undefined when the text is none. */
export function parseAddress(text: string): number | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part))) return undefined
  const bytes = parts.map(Number)
  if (bytes.some((byte) => byte > 255)) return undefined
  return bytes.reduce((value, byte) => value * 256 + byte, 0)
}

export function renderAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')
}

/** `10.77.0.0/24`; undefined when it is no subnet, or has host bits set. */
export function parseSubnet(text: string): Subnet | undefined {
  const [address = '', prefix = '', ...more] = text.split('/')
  const network = parseAddress(address)
  if (network === undefined || more.length > 0 || !/^\d{1,2}$/.test(prefix)) return undefined
  const prefixLength = Number(prefix)
  if (prefixLength < 8 || prefixLength > 30 || network % subnetSize({ network, prefixLength }) !== 0) {
    return undefined
  }
  return { network, prefixLength }
}

/** How many addresses it holds, network and broadcast address included. */
export function subnetSize({ prefixLength }: Subnet): number {
  return 2 ** (32 - prefixLength)
}

export function subnetHolds(subnet: Subnet, address: number): boolean {
  return address >= subnet.network && address < subnet.network + subnetSize(subnet)
}

export function subnetsOverlap(a: Subnet, b: Subnet): boolean {
  return subnetHolds(a, b.network) || subnetHolds(b, a.network)
}

/** The last address a host may have: the lab's switch takes it. */
export function lastAddress(subnet: Subnet): number {
  return subnet.network + subnetSize(subnet) - 2
}

/** The lowest address for a host that is not taken; undefined when none is left. The switch's is never given. */
export function nextAddress(subnet: Subnet, taken: ReadonlySet<number>): number | undefined {
  for (let address = subnet.network + 1; address < lastAddress(subnet); address++) {
    if (!taken.has(address)) return address
  }
  return undefined
}
