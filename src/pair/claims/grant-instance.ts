// An instance with the devices that were chosen for it: they become ordinary settings of its container. Pure.
import { createHash } from 'node:crypto'
import type { Device as PhysicalDevice } from '../../model/devices/device.ts'
import { grantedDevicesVariable } from '../../model/devices/granted-device.ts'
import type { EngineDevice, EngineMount, HostConfig } from '../../model/host-config.ts'
import { configHashLabel, configHashOf, type WantedInstance } from '../instance.ts'
import { claimsLabel, claimsOf, renderClaims } from './claim.ts'
import { type FileModes, groupsFor } from './file-access.ts'

/** The same devices give the same settings, so that a second run finds nothing changed. */
export function grantInstance(
  instance: WantedInstance,
  devices: readonly PhysicalDevice[],
  fileModes: FileModes,
): WantedInstance {
  if (devices.length === 0) return instance
  const { spec } = instance
  const { body } = spec
  const grants = devices.flatMap(({ grant }) => grant ?? [])
  const told = grants.map((grant) => grant.told)
  const environment = [...body.Env, `${grantedDevicesVariable}=${JSON.stringify(told)}`]
  const groups = groupsFor(grants, fileModes).map(String)
  const host: HostConfig = {
    ...body.HostConfig,
    Devices: withNodes(
      body.HostConfig.Devices,
      grants.flatMap(({ nodes }) =>
        nodes.map(({ path, permissions }) => ({
          PathOnHost: path,
          PathInContainer: path,
          CgroupPermissions: permissions,
        })),
      ),
    ),
    Mounts: [...body.HostConfig.Mounts, ...grants.flatMap(({ mounts }) => mounts.map(bindMount))],
    GroupAdd: [...new Set([...body.HostConfig.GroupAdd, ...groups])],
  }
  const claims = renderClaims(claimsOf(devices))
  const hash = createHash('sha256')
    .update(JSON.stringify([configHashOf(instance), claims, told, host.Devices, host.Mounts, host.GroupAdd]))
    .digest('hex')
  return {
    ...instance,
    granted: devices,
    fileModes,
    spec: {
      ...spec,
      body: {
        ...body,
        Env: environment,
        Labels: { ...body.Labels, [claimsLabel]: claims, [configHashLabel]: hash },
        HostConfig: host,
      },
    },
  }
}

function bindMount({
  source,
  target,
  readOnly,
}: {
  readonly source: string
  readonly target: string
  readonly readOnly: boolean
}): EngineMount {
  return { Type: 'bind', Source: source, Target: target, ReadOnly: readOnly }
}

/** Two lines of one chip are one node; what the Compose file gives of it already is widened. */
function withNodes(given: readonly EngineDevice[], more: readonly EngineDevice[]): EngineDevice[] {
  const all: EngineDevice[] = [...given]
  for (const node of more) {
    const same = all.findIndex(
      ({ PathOnHost, PathInContainer }) =>
        PathOnHost === node.PathOnHost && PathInContainer === node.PathInContainer,
    )
    const there = all[same]
    if (there === undefined) all.push(node)
    else {
      const permissions = new Set([...there.CgroupPermissions, ...node.CgroupPermissions])
      all[same] = { ...there, CgroupPermissions: [...permissions].join('') }
    }
  }
  return all
}
