// Whether a node has enough left of one kind of generic resource: a capability, a path of a device, or what somebody else named so.
import type { AgentDevice } from '../model/cluster/agent-messages.ts'
import type { ClusterNode } from '../model/cluster/node.ts'
import { deviceIdOf } from '../model/devices/device.ts'
import { absentDevices, claimsOn, countFree } from './device-presence.ts'
import type { Claim } from './occupancy.ts'

/** How the reason ends that goes away by itself: the agent of the node has its Engine offer what is there. */
const notOfferedYet = 'but its Engine does not offer it yet'

interface Wanted {
  readonly kind: string
  readonly count: number
}

/** @param devices what the node's agent reports; none where nothing is known, or where it plays no part */
export function whyWithout(
  { kind, count }: Wanted,
  node: Pick<ClusterNode, 'genericResources'>,
  claims: readonly Claim[],
  devices: readonly AgentDevice[],
): string[] {
  const resources = node.genericResources.filter((resource) => resource.kind === kind)
  const taken = claimsOn(kind, node, devices, claims)
  const total = resources.reduce((sum, resource) => sum + ('value' in resource ? 1 : resource.count), 0)
  if (total === 0) return whyNotOffered(kind, devices)
  const isNamed = resources.some((resource) => 'value' in resource)
  const free = isNamed
    ? countFree(kind, node, devices, claims)
    : total - taken.reduce((sum, { value }) => sum + Number(value), 0)
  // Swarm asks for at least one to be there even of a service that wants none.
  if (free >= Math.max(1, count)) return []
  const absent = absentDevices(kind, node, devices)
  const there = taken.filter(({ value }) => !absent.some(({ id }) => id === deviceIdOf(value)))
  const claimed = there.map((claim) => renderClaim(claim, kind, isNamed)).join(', ')
  const why =
    free > 0
      ? [`needs ${count} ${kind}, ${free} free of ${total}${claimed === '' ? '' : `: ${claimed}`}`]
      : !isNamed
        ? [`has no ${kind} left: ${claimed}`]
        : there.length > 0
          ? [renderHolders(kind, there)]
          : []
  return [...absent.map((device) => renderAbsent(kind, device)), ...why]
}

/** Of a device that its agent knows of and Swarm does not: more than that the node has none. */
function whyNotOffered(kind: string, devices: readonly AgentDevice[]): string[] {
  const known = devices.filter(({ capability, paths }) => capability === kind || paths.includes(kind))
  if (known.length === 0) return [`has no ${kind}`]
  return known.map((device) =>
    device.isPresent ? `has ${kind} (${device.id}), ${notOfferedYet}` : renderAbsent(kind, device),
  )
}

/** @param reason of a node's verdict */
export function isOfferPending(reason: string): boolean {
  return reason.endsWith(notOfferedYet)
}

function renderAbsent(kind: string, { id, absence }: AgentDevice): string {
  return `${kind} ${id} is absent${absence === '' ? '' : `: ${absence}`}`
}

/** `has humidity (dht11-kitchen), claimed by greenhouse/climate.1` */
function renderHolders(kind: string, taken: readonly Claim[]): string {
  const byDevice = Map.groupBy(taken, ({ value }) => deviceIdOf(value))
  const parts = [...byDevice].map(
    ([id, claims]) =>
      `${kind} (${id}), claimed by ${[...new Set(claims.map(({ holder }) => holder))].join(', ')}`,
  )
  return `has ${parts.join(', and ')}`
}

function renderClaim({ value, holder }: Claim, kind: string, isNamed: boolean): string {
  if (isNamed) return `${value} is claimed by ${holder}`
  return value === '1' ? `1 ${kind} is claimed by ${holder}` : `${value} ${kind} are claimed by ${holder}`
}
