// Which devices an instance holds, as a label of its container says it: `humidity=dht11-kitchen,laser=laser-1`. Pure.
import type { Device as PhysicalDevice } from '../../model/devices/device.ts'

/** The hold of an instance on a device. */
export interface Claim {
  readonly capability: string
  /** Of the device. */
  readonly device: string
}

/** Left out of a container that holds none. */
export const claimsLabel = 'shoal.claims'

export function claimsOf(devices: readonly Pick<PhysicalDevice, 'id' | 'capability'>[]): readonly Claim[] {
  return devices.map(({ id, capability }) => ({ capability, device: id }))
}

export function renderClaims(claims: readonly Claim[]): string {
  return claims.map(({ capability, device }) => `${capability}=${device}`).join(',')
}

/** @param text undefined: there is no such label */
export function parseClaims(text: string | undefined): readonly Claim[] {
  return (text ?? '').split(',').flatMap((part) => {
    const [capability = '', device = ''] = part.split('=')
    return capability === '' || device === '' ? [] : [{ capability, device }]
  })
}
