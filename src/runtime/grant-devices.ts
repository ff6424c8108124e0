// A container's configuration with the devices that it claims: their nodes, rules, mounts and what it is told of them; nothing else. Pure.
import type { Device, DeviceGrant, DeviceNode } from '../model/devices/device.ts'
import { type DevicePath, devicePathsVariable } from '../model/devices/device-paths.ts'
import { grantedDevicesVariable } from '../model/devices/granted-device.ts'
import { type Claim, isByPathAlone } from './claims.ts'
import type { OciConfig, OciDevice, OciDeviceRule, OciMount } from './oci-config.ts'

export interface ClaimedDevice {
  readonly claim: Claim
  readonly device: Device
  readonly grant: DeviceGrant
}

export type Granting =
  | { readonly ok: true; readonly config: OciConfig }
  | { readonly ok: false; readonly reason: string }

export function grantDevices(
  config: OciConfig,
  claimed: readonly ClaimedDevice[],
  paths: readonly DevicePath[],
): Granting {
  const strange = paths.find(({ host }) => !claimed.some(({ device }) => device.paths.includes(host)))
  if (strange !== undefined)
    return { ok: false, reason: `it asks for ${strange.host}, and claims no device that has this path` }
  const { uid = 0, gid = 0 } = config.process?.user ?? {}
  const nodes = claimed.flatMap((each) => nodesOf(each, paths))
  const devices = nodes.map(({ path, major, minor }) => {
    return { path, type: 'c', major, minor, fileMode: 0o600, uid, gid }
  })
  const taken = new Set(devices.map(({ path }) => path))
  const env = (config.process?.env ?? []).filter((entry) => !entry.startsWith(`${grantedDevicesVariable}=`))
  const told = JSON.stringify(claimed.map(({ grant }) => grant.told))
  const granted: OciConfig = {
    ...config,
    process: { ...config.process, env: [...env, `${grantedDevicesVariable}=${told}`] },
    mounts: [...(config.mounts ?? []), ...claimed.flatMap(({ grant }) => grant.mounts.map(mountOf))],
    linux: {
      ...config.linux,
      devices: [...(config.linux?.devices ?? []).filter(({ path }) => !taken.has(path)), ...devices],
      resources: {
        ...config.linux?.resources,
        devices: [...(config.linux?.resources?.devices ?? []), ...rulesOf(nodes)],
      },
    },
  }
  return { ok: true, config: granted }
}

/** Under their own paths, and under those that a Compose file asked for. */
function nodesOf({ claim, device, grant }: ClaimedDevice, paths: readonly DevicePath[]): DeviceNode[] {
  const asked = paths.filter(({ host }) => device.paths.includes(host))
  const wanted = asked.map(({ permissions }) => permissions).join('')
  return grant.nodes.flatMap((node) => {
    // Who claims the capability too gets all that the device gives.
    const narrowed = [...node.permissions].filter((each) => wanted.includes(each)).join('')
    const permissions = isByPathAlone(claim) && asked.length > 0 ? narrowed : node.permissions
    return [node.path, ...asked.map(({ container }) => container)].map((path) => {
      return { ...node, path, permissions }
    })
  })
}

/** After Docker's own, which begin by denying all. */
function rulesOf(nodes: readonly DeviceNode[]): readonly OciDeviceRule[] {
  return nodes
    .filter(({ permissions }) => permissions !== '')
    .map(({ major, minor, permissions }) => {
      return { allow: true, type: 'c', major, minor, access: permissions }
    })
}

/** No `rbind`: what is mounted below a folder of the device is not part of it. */
function mountOf({ source, target, readOnly }: DeviceGrant['mounts'][number]): OciMount {
  const options = ['bind', 'nosuid', 'nodev', 'noexec', 'rprivate', readOnly ? 'ro' : 'rw']
  return { destination: target, type: 'bind', source, options }
}

/** Whether a container's configuration says that it holds the device, and the device is really in it: an image can say anything. */
export function holdsDevice(config: OciConfig, { id, grant }: Pick<Device, 'id' | 'grant'>): boolean {
  const told = config.process?.env?.findLast((entry) => entry.startsWith(`${grantedDevicesVariable}=`))
  if (told === undefined || !idsOf(told.slice(grantedDevicesVariable.length + 1)).includes(id)) return false
  const hasNode = (node: DeviceNode): boolean =>
    config.linux?.devices?.some(({ major, minor }: OciDevice) => {
      return major === node.major && minor === node.minor
    }) ?? false
  const hasMount = (source: string): boolean => config.mounts?.some((each) => each.source === source) ?? false
  return (
    grant === undefined || grant.nodes.some(hasNode) || grant.mounts.some(({ source }) => hasMount(source))
  )
}

function idsOf(told: string): readonly unknown[] {
  try {
    const list: unknown = JSON.parse(told)
    return Array.isArray(list) ? list.map((each: { id?: unknown } | null) => each?.id) : []
  } catch {
    return []
  }
}

/** Names that only Shoal and Swarm set. */
export const ownVariables = [grantedDevicesVariable, devicePathsVariable]
