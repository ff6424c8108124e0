// Whether the kernel still tries to deliver what an ended connection had sent: requests in it may reach the device later.
import { readFile } from 'node:fs/promises'
import { BlockList, isIPv6 } from 'node:net'

/** States of include/net/tcp_states.h in which our end is closed and its last bytes are not acknowledged: FIN_WAIT1, LAST_ACK, CLOSING. */
const dyingStates: ReadonlySet<string> = new Set(['04', '09', '0B'])

/** @param address IPv4 or IPv6; anything else, such as a name behind a jump host, is never found. */
export async function hasLingeringConnection(address: string): Promise<boolean> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((path) => readFile(path, 'utf8').catch(() => '')),
  )
  return tables.some((table) => listsLingering(table, address))
}

/** Pure. @param table as proc_net_tcp(5) describes it. */
export function listsLingering(table: string, address: string): boolean {
  const wanted = new BlockList()
  try {
    wanted.addAddress(address.replace(/%.*$/, ''), isIPv6(address) ? 'ipv6' : 'ipv4')
  } catch {
    return false
  }
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .some(([, , remote = '', state = '']) => dyingStates.has(state) && matches(wanted, remote))
}

/** `0A00020A:0016`: the address in 32-bit words of the machine's byte order, little-endian on all that Shoal runs on. */
function matches(wanted: BlockList, remote: string): boolean {
  const hex = remote.split(':')[0] ?? ''
  const bytes = Buffer.from(hex, 'hex')
  if (bytes.length !== 4 && bytes.length !== 16) return false
  bytes.swap32()
  if (bytes.length === 4) return wanted.check(bytes.join('.'), 'ipv4')
  const groups = bytes.toString('hex').match(/.{4}/g) ?? []
  return wanted.check(groups.join(':'), 'ipv6')
}
