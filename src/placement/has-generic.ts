// Whether a node has enough left of one kind of generic resource: a capability, a path of a device, or what somebody else named so.
import type { AgentDevice } from '../model/cluster/agent-messages.ts'
import type { ClusterNode } from '../model/cluster/node.ts'
import { deviceIdOf } from '../model/devices/device.ts'
import { absentDevices } from './device-presence.ts'
import type { Claim } from './occupancy.ts'

export interface Presence {
  /** What the node's agent reports; undefined where nothing is known or it plays no part. */
  readonly devices: readonly AgentDevice[] | undefined
  /** Whether the service stays on the node with the devices that it holds, whatever else is absent there. */
  readonly hasSoundInstance: boolean
}

export function whyWithout(
  { kind, count }: { readonly kind: string; readonly count: number },
  node: Pick<ClusterNode, 'genericResources'>,
  claims: readonly Claim[],
  { devices = [], hasSoundInstance }: Presence,
): string[] {
  const absent = hasSoundInstance ? [] : absentDevices([kind], node, devices)
  if (absent.length > 0) return absent.map(renderAbsent)
  const resources = node.genericResources.filter((resource) => resource.kind === kind)
  const taken = claims.filter((claim) => claim.kind === kind)
  const total = resources.reduce((sum, resource) => sum + ('value' in resource ? 1 : resource.count), 0)
  const isNamed = resources.some((resource) => 'value' in resource)
  const free = isNamed
    ? resources.filter(
        (resource) => 'value' in resource && !taken.some(({ value }) => value === resource.value),
      ).length
    : total - taken.reduce((sum, { value }) => sum + Number(value), 0)
  // Swarm asks for at least one to be there even of a service that wants none.
  if (free >= Math.max(1, count)) return []
  if (total === 0) return whyNotOffered(kind, devices)
  if (free <= 0 && isNamed) return [renderHolders(kind, taken)]
  const claimed = taken.map((claim) => renderClaim(claim, kind, isNamed)).join(', ')
  if (free <= 0) return [`has no ${kind} left: ${claimed}`]
  return [`needs ${count} ${kind}, ${free} free of ${total}${claimed === '' ? '' : `: ${claimed}`}`]
}

/** Of a device that its agent knows of and Swarm does not: more than that the node has none. */
function whyNotOffered(kind: string, devices: readonly AgentDevice[]): string[] {
  const known = devices.filter(({ capability, paths }) => capability === kind || paths.includes(kind))
  if (known.length === 0) return [`has no ${kind}`]
  return known.map(({ id, isPresent, absence }) =>
    isPresent
      ? `has ${kind} (${id}), but its Engine does not offer it yet`
      : renderAbsent({ kind, id, absence }),
  )
}

function renderAbsent({ kind, id, absence }: { kind: string; id: string; absence: string }): string {
  return `${kind} ${id} is absent${absence === '' ? '' : `: ${absence}`}`
}

/** `has humidity (dht11-kitchen), claimed by greenhouse/climate.1` */
function renderHolders(kind: string, taken: readonly Claim[]): string {
  const byDevice = Map.groupBy(taken, ({ value }) => deviceIdOf(value))
  const parts = [...byDevice].map(
    ([id, claims]) => `${kind} (${id}), claimed by ${claims.map(({ holder }) => holder).join(', ')}`,
  )
  return `has ${parts.join(', and ')}`
}

function renderClaim({ value, holder }: Claim, kind: string, isNamed: boolean): string {
  if (isNamed) return `${value} is claimed by ${holder}`
  return value === '1' ? `1 ${kind} is claimed by ${holder}` : `${value} ${kind} are claimed by ${holder}`
}
