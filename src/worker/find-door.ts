// Which managers a device may ask to be let in: the one that was named, or those of the token's cluster that answer in the local network.
import { CoapError } from '../coap/coap-error.ts'
import { parseCoapUri } from '../coap/uri.ts'
import { findManagers } from '../discovery/find-managers.ts'
import { ShoalError } from '../model/errors.ts'
import { fingerprintPrefix } from '../model/join-token.ts'
import type { Door } from './ask-manager.ts'

const searchLimitMs = 5000

/**
 * @param manager `coap://ADDRESS` or `ADDRESS`
 * @throws ShoalError USAGE
 */
export function namedDoor(manager: string, joinPort: number, fingerprint: string): Door {
  try {
    const { host } = parseCoapUri(manager.includes('://') ? manager : `coap://${manager}`)
    return { host, port: joinPort, fingerprint }
  } catch (error) {
    if (!(error instanceof CoapError)) throw error
    throw new ShoalError('USAGE', {
      action: 'read',
      object: 'the address of the manager',
      reason: error.message,
      nextStep: 'name it as coap://ADDRESS, or leave it out: then it is looked for',
    })
  }
}

/**
 * All that claim to be of this cluster: who speaks the truth, their certificates tell.
 * @throws ShoalError MANAGER_NOT_FOUND where nobody does
 */
export async function findDoors(fingerprint: string, signal: AbortSignal): Promise<readonly Door[]> {
  const prefix = fingerprintPrefix(fingerprint)
  const found = await findManagers({ signal, timeoutMs: searchLimitMs, fingerprintPrefix: prefix })
  const doors = found
    .filter((each) => each.fingerprintPrefix === prefix)
    .map(({ coap, joinPort }) => ({ host: coap.host, port: joinPort, fingerprint }))
  if (doors.length > 0) return doors
  const others = [...new Set(found.map(({ coap }) => coap.host))].slice(0, 5).join(', ')
  throw new ShoalError('MANAGER_NOT_FOUND', {
    action: 'find',
    object: 'the manager',
    place: 'the local network',
    reason:
      others === ''
        ? `nobody answered within ${searchLimitMs / 1000} s, neither by DNS-SD nor by CoAP multicast`
        : `those that answered are of other clusters than the token: ${others}`,
    nextStep: 'see that it runs, or name it: shoal worker join coap://ADDRESS --token …',
  })
}
