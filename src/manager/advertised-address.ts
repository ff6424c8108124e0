// At which address the others reach this machine.
import { isIP } from 'node:net'
import { ShoalError } from '../model/errors.ts'

/**
 * Of several none is taken for the user: on an access point the default route leads away from the devices.
 * @param asked by the user; wins
 * @param addresses of this machine's interfaces
 * @param known by which the nodes of its Swarm know it already, if it is in one
 * @throws ShoalError MANAGER_ADDRESS where there is none, or several and none was asked for
 */
export function advertisedAddress(
  asked: string | undefined,
  addresses: readonly string[],
  known = '',
): string {
  const refused = (reason: string) =>
    new ShoalError('MANAGER_ADDRESS', {
      action: 'choose',
      object: 'the address of the manager',
      place: 'this machine',
      reason,
      nextStep: 'name the one of the network that the devices are in: --advertise ADDRESS',
    })
  if (asked !== undefined) {
    if (isIP(asked) !== 4) throw refused(`${asked} is no IPv4 address`)
    if (!addresses.includes(asked))
      throw refused(`this machine has no ${asked}; it has ${addresses.join(', ')}`)
    return asked
  }
  if (addresses.includes(known)) return known
  const [only, ...others] = addresses
  if (only === undefined) throw refused('it is on no network')
  if (others.length > 0) throw refused(`it has ${addresses.join(', ')}`)
  return only
}
