// The key `extra_hosts` of a service: lines of its /etc/hosts.
import { isIpAddress } from '../../ip-address.ts'
import type { Findings } from '../findings.ts'
import type { Located } from '../located.ts'
import { expected, readText } from '../read-value.ts'

/** `host:address`, as the Engine takes them. */
export function readExtraHosts(value: Located, findings: Findings): readonly string[] | undefined {
  if (value.kind === 'list') return value.items.flatMap((item) => lineOf(item, findings))
  if (value.kind !== 'map') return expected(value, findings, 'a list of HOST=ADDRESS, or a map')
  return [...value.entries].flatMap(([host, entry]) => {
    const addresses = entry.value.kind === 'list' ? entry.value.items : [entry.value]
    return addresses.flatMap((address) => {
      const text = readText(address, findings)
      return text === undefined ? [] : line(host, text, address, findings)
    })
  })
}

/** `HOST=ADDRESS`, or the older `HOST:ADDRESS`. */
function lineOf(item: Located, findings: Findings): readonly string[] {
  const text = readText(item, findings)
  if (text === undefined) return []
  const separator = text.includes('=') ? '=' : ':'
  const at = text.indexOf(separator)
  return at < 0 ? line('', text, item, findings) : line(text.slice(0, at), text.slice(at + 1), item, findings)
}

function line(host: string, text: string, at: Located, findings: Findings): readonly string[] {
  const address = text.replace(/^\[(.*)\]$/, '$1')
  // The Engine itself puts the device's own address in the place of this word.
  if (/^[\w.-]+$/.test(host) && (address === 'host-gateway' || isIpAddress(address)))
    return [`${host}:${address}`]
  expected(at, findings, 'HOST=ADDRESS with an IP address or host-gateway')
  return []
}
