// From a host name to an address.
import { lookup } from 'node:dns/promises'
import { CoapError } from '../coap-error.ts'
import { normaliseAddress } from './remote.ts'

/** Finds an address for a name. Rejects with `CoapError` (`unresolved`). */
export type Resolver = (host: string) => Promise<string>

/** The system's resolver: /etc/hosts and DNS, the first address in the system's order of preference. */
export const systemResolver: Resolver = async (host) => {
  try {
    const { address } = await lookup(host, { order: 'verbatim' })
    return normaliseAddress(address)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : ''
    throw new CoapError('unresolved', `${host} has no address${code}`, error)
  }
}
