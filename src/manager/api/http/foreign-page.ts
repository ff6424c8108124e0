// Web pages of others: whoever opens one inside the local network must not thereby change the cluster.
import { isIP } from 'node:net'

/** Names that lead to nobody outside: RFC 6762, RFC 8375, and what home routers and companies use. */
const localDomains = ['local', 'localhost', 'lan', 'home', 'internal', 'localdomain', 'home.arpa']

const changing: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

export interface PageRequest {
  readonly method: string
  /** Browsers send it with whatever is not GET or HEAD; `null` from a page without an address. */
  readonly origin: string | undefined
  readonly host: string | undefined
}

/**
 * Whether a page that is not the manager's own sends the request. Under a public name any page could pass for the manager's own, by a name that
 * leads to it for a moment (DNS rebinding): such a name counts only where it is the manager's.
 * @param managerName host name of the manager
 */
export function isForeignPage({ method, origin, host }: PageRequest, managerName: string): boolean {
  if (origin === undefined || !changing.has(method)) return false
  if (!URL.canParse(origin) || host === undefined || !URL.canParse(`http://${host}`)) return true
  const page = new URL(origin)
  const here = new URL(`http://${host}`)
  return page.host !== here.host || !isLocalName(here.hostname, managerName)
}

function isLocalName(hostname: string, managerName: string): boolean {
  const name = hostname.toLowerCase()
  if (isIP(name.replace(/^\[|\]$/g, '')) !== 0 || !name.includes('.')) return true
  return (
    localDomains.some((domain) => name.endsWith(`.${domain}`)) ||
    name.startsWith(`${managerName.toLowerCase()}.`)
  )
}
