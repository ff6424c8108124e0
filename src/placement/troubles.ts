// What Swarm itself says of the instances of a service that do not run: why one waits, was rejected, or failed.
import type { ClusterInstance, InstanceState } from '../model/cluster/instance.ts'
import type { ClusterSnapshot } from '../model/cluster/snapshot.ts'

export interface Trouble {
  /** From 1; 0 where each node has one instance. */
  readonly instance: number
  readonly kind: 'waiting' | 'rejected' | 'failed'
  /** Name of the node; left out where none was chosen. */
  readonly node: string | undefined
  /** For people. */
  readonly reason: string
}

const underWay: ReadonlySet<InstanceState> = new Set([
  ...(['new', 'pending', 'assigned', 'accepted', 'preparing', 'ready', 'starting'] as const),
])

/** For each place of an instance that is empty now: what it waits for, and how the last one there ended. */
export function troublesOf(serviceId: string, { instances, nodes }: ClusterSnapshot): Trouble[] {
  const nodeName = (id: string | undefined): string | undefined =>
    nodes.find((node) => node.id === id)?.name ?? id
  const places = Map.groupBy(
    instances.filter((instance) => instance.serviceId === serviceId),
    ({ slot, nodeId }) => (slot === 0 ? `on ${nodeId}` : slot),
  )
  return [...places.values()]
    .flatMap((place) => troublesAt(place))
    .map(({ instance: { slot, nodeId }, kind, reason }) => ({
      instance: slot,
      kind,
      node: nodeName(nodeId),
      reason,
    }))
    .toSorted((one, other) => one.instance - other.instance)
}

interface FoundTrouble {
  readonly instance: ClusterInstance
  readonly kind: Trouble['kind']
  readonly reason: string
}

function troublesAt(place: readonly ClusterInstance[]): FoundTrouble[] {
  const newestFirst = place.toSorted((one, other) => other.createdAtMs - one.createdAtMs)
  const [newest] = newestFirst
  if (newest === undefined || newest.state === 'running' || newest.state === 'complete') return []
  const ended = newestFirst.find(({ state }) => state === 'rejected' || state === 'failed')
  const troubles: FoundTrouble[] = []
  if (underWay.has(newest.state) && newest.error !== '') {
    troubles.push({ instance: newest, kind: 'waiting', reason: newest.error })
  }
  if (ended !== undefined) {
    const kind = ended.state === 'rejected' ? 'rejected' : 'failed'
    troubles.push({ instance: ended, kind, reason: inWords(ended) })
  }
  return troubles
}

/** Swarm's reason where it is enough; what it leaves unsaid is added. */
function inWords({ error, message, image }: ClusterInstance): string {
  const reason = error === '' ? message : error
  const exitCode = /^task: non-zero exit \((\d+)\)/.exec(reason)?.[1]
  if (exitCode !== undefined) return `its program ended with exit code ${exitCode}`
  if (/^no such image/i.test(reason))
    return `the node does not have the image ${image.replace(/@.*$/, '')} and could not pull it`
  return reason
}
