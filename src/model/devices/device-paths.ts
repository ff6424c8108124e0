// What Compose's `devices:` asks for in cluster mode: paths of character devices, told in the container's environment to who grants them.
import * as z from 'zod/mini'

/** Holds `DevicePath[]` as JSON. */
export const devicePathsVariable = 'SHOAL_DEVICE_PATHS'

/** Swarm says here which devices an instance holds: `DOCKER_RESOURCE_HUMIDITY=dht11-kitchen`. */
export const claimVariablePrefix = 'DOCKER_RESOURCE_'

const schema = z.array(
  z.object({
    /** On the node; also the kind that is reserved. */
    host: z.string(),
    container: z.string(),
    /** Some of `r`, `w`, `m`. */
    permissions: z.string(),
  }),
)

export type DevicePath = z.infer<typeof schema>[number]

export function renderDevicePaths(paths: readonly DevicePath[]): string {
  return JSON.stringify(paths.map(({ host, container, permissions }) => ({ host, container, permissions })))
}

/** @returns undefined for a text that is no list of paths */
export function parseDevicePaths(text: string): readonly DevicePath[] | undefined {
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
