// The services of the cluster as clients and people see them, from what Swarm and the agents say. Pure.
import type { ClusterInstance } from '../model/cluster/instance.ts'
import { clusterLabel } from '../model/cluster/labels.ts'
import type { ClusterNode } from '../model/cluster/node.ts'
import type { ClusterService } from '../model/cluster/service.ts'
import type { ClusterSnapshot } from '../model/cluster/snapshot.ts'
import type {
  InstanceView,
  InstanceViewState,
  Liveness,
  ServiceState,
  ServiceView,
} from '../model/cluster/views.ts'
import { instanceEndpoint } from './instance-endpoint.ts'

/** Ended instances of Swarm's history are shown while they are the news of their slot. */
const endedStates: ReadonlySet<string> = new Set([
  'complete',
  'shutdown',
  'failed',
  'rejected',
  'remove',
  'orphaned',
])

/** A service that failed this often within its history is not merely starting. */
const failuresThatTell = 2

export function serviceViews(snapshot: ClusterSnapshot, liveness: Liveness): readonly ServiceView[] {
  const nodes = new Map(snapshot.nodes.map((node) => [node.id, node]))
  const byService = Map.groupBy(snapshot.instances, ({ serviceId }) => serviceId)
  return snapshot.services
    .filter(({ application }) => application !== undefined)
    .map((service) => viewOf(service, byService.get(service.id) ?? [], nodes, liveness))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** The name by which CoAP calls it: `APPLICATION` for the front service, else `APPLICATION.SERVICE`. */
export function coapNameOf({ application = '', name, spec }: ClusterService): string {
  return spec.Labels?.[clusterLabel.front] === '1' ? application : `${application}.${name}`
}

/** How many instances are to be active: the label of Shoal, else Swarm's replicas. */
export function wantedActive({ spec }: Pick<ClusterService, 'spec'>): number {
  const label = Number(spec.Labels?.[clusterLabel.active])
  return Number.isInteger(label) ? label : (spec.Mode.Replicated?.Replicas ?? 0)
}

export function wantedStandby({ spec }: Pick<ClusterService, 'spec'>): number {
  const label = Number(spec.Labels?.[clusterLabel.standby])
  return Number.isInteger(label) ? label : 0
}

/** Those that Swarm wants to run: not on their way out, not of the past. */
export function isWanted({ desiredState }: Pick<ClusterInstance, 'desiredState'>): boolean {
  return desiredState === 'running' || desiredState === 'ready' || desiredState === 'accepted'
}

function viewOf(
  service: ClusterService,
  instances: readonly ClusterInstance[],
  nodes: ReadonlyMap<string, ClusterNode>,
  liveness: Liveness,
): ServiceView {
  const speaksCoap = service.spec.Labels?.[clusterLabel.coapPort] !== undefined
  const wanted = instances.filter(isWanted)
  const views = wanted.map((instance) => instanceView(instance, service, nodes, liveness, speaksCoap))
  const isGlobal = service.spec.Mode.Global !== undefined
  const active = isGlobal ? wanted.length : wantedActive(service)
  return {
    application: service.application ?? '',
    service: service.name,
    name: coapNameOf(service),
    state: stateOf(service, views, instances, active),
    active,
    standby: wantedStandby(service),
    instances: views.sort((a, b) => order(a.state) - order(b.state)),
    image: service.spec.Labels?.[clusterLabel.stackImage] ?? service.spec.TaskTemplate.ContainerSpec.Image,
    speaksCoap,
  }
}

function stateOf(
  service: ClusterService,
  views: readonly InstanceView[],
  instances: readonly ClusterInstance[],
  active: number,
): ServiceState {
  const working = views.filter(({ state }) => state === 'answering' || state === 'running').length
  const isChanging = service.update?.state === 'updating' || service.update?.state === 'rollback_started'
  // Swarm calls it updating for as long as it watches the new ones; to a client it is done when they answer and no others are left.
  const isDone =
    working >= active &&
    views.length === active + wantedStandby(service) &&
    views.every(({ image }) => image === views[0]?.image)
  if (isChanging && !isDone) {
    // A change waits for ever for an instance that no node can take. While the old one still stops, its place is not free yet.
    return active > 0 && working === 0 && isRefused(views, instances, ['running'])
      ? 'unplaceable'
      : 'updating'
  }
  if (active === 0) return views.some(({ state }) => state === 'standby') ? 'standby' : 'stopped'
  if (working >= active) return 'active'
  if (working === 0 && isRefused(views, instances, ['running', 'ready', 'accepted'])) return 'unplaceable'
  const failures = instances.filter(({ state }) => state === 'failed' || state === 'rejected').length
  return failures >= failuresThatTell && working === 0 ? 'failing' : 'starting'
}

/** @param wanted what Swarm has to want of an instance that waits */
function isRefused(
  views: readonly InstanceView[],
  instances: readonly ClusterInstance[],
  wanted: readonly ClusterInstance['desiredState'][],
): boolean {
  return (
    views.some(({ state, node }) => state === 'waiting' && node === undefined) &&
    instances.some(
      ({ state, error, desiredState }) =>
        state === 'pending' && error !== '' && wanted.includes(desiredState),
    )
  )
}

function instanceView(
  instance: ClusterInstance,
  service: ClusterService,
  nodes: ReadonlyMap<string, ClusterNode>,
  liveness: Liveness,
  speaksCoap: boolean,
): InstanceView {
  const node = instance.nodeId === undefined ? undefined : nodes.get(instance.nodeId)
  return {
    id: instance.id,
    node: node?.name,
    state: instanceState(instance, node, liveness, speaksCoap),
    endpoint: instanceEndpoint(instance, service, node),
    reason: instance.error,
    sinceMs: instance.changedAtMs,
    image: instance.image,
    claims: instance.claims,
  }
}

function instanceState(
  instance: ClusterInstance,
  node: ClusterNode | undefined,
  liveness: Liveness,
  speaksCoap: boolean,
): InstanceViewState {
  if (instance.state === 'failed' || instance.state === 'rejected') return 'failed'
  if (endedStates.has(instance.state)) return 'ended'
  if (instance.state !== 'running') {
    return ['starting', 'preparing', 'ready'].includes(instance.state) ? 'starting' : 'waiting'
  }
  // What Swarm takes for running on a node that nobody hears is no help to a client.
  if (node === undefined || node.state === 'down' || liveness.isAway(node.id)) return 'silent'
  const reported = liveness.instanceState(instance.id)
  if (reported === 'paused') return 'standby'
  if (!speaksCoap) return 'running'
  switch (reported) {
    case 'starting':
      return 'starting'
    case 'answering':
      return 'answering'
    case 'silent':
      return 'silent'
    case 'ended':
      return 'ended'
    default:
      return liveness.hasAgent(node.id) ? 'starting' : 'running'
  }
}

const ranks: readonly InstanceViewState[] = [
  'answering',
  'running',
  'starting',
  'waiting',
  'standby',
  'silent',
  'failed',
  'ended',
]

function order(state: InstanceViewState): number {
  return ranks.indexOf(state)
}
