// Which devices an instance claims: Swarm tells it in the environment, `DOCKER_RESOURCE_HUMIDITY=dht11-kitchen`.
import { deviceIdOf } from '../model/devices/device.ts'
import { claimVariablePrefix } from '../model/devices/device-paths.ts'

/** Of one device, however many claims it is held by. */
export interface Claim {
  readonly deviceId: string
  /** What was reserved, as Swarm writes it: `HUMIDITY`, `/DEV/TTYUSB0`. */
  readonly kinds: readonly string[]
}

/** In the order of the environment, each device once. */
export function parseClaims(env: readonly string[]): readonly Claim[] {
  const kindsOf = new Map<string, Set<string>>()
  for (const entry of env) {
    if (!entry.startsWith(claimVariablePrefix)) continue
    const [variable = '', ...rest] = entry.split('=')
    const kind = variable.slice(claimVariablePrefix.length)
    for (const value of rest.join('=').split(',')) {
      const id = deviceIdOf(value.trim())
      kindsOf.set(id, (kindsOf.get(id) ?? new Set()).add(kind))
    }
  }
  return [...kindsOf].map(([deviceId, kinds]) => ({ deviceId, kinds: [...kinds] }))
}

/** Whether the device was asked for by its paths only (Compose's `devices:`), whose permissions then count. */
export function isByPathAlone({ kinds }: Claim): boolean {
  return kinds.every((kind) => kind.startsWith('/'))
}
