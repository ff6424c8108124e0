// What the instances on a node hold of it, as Swarm's scheduler counts.
import type { ClusterInstance, InstanceState } from '../model/cluster/instance.ts'
import type { ClusterNode } from '../model/cluster/node.ts'
import type { ClusterService } from '../model/cluster/service.ts'
import type { ClusterSnapshot } from '../model/cluster/snapshot.ts'
import { fixedHostPorts, type HostPort } from './requirements.ts'

export interface Occupancy {
  readonly nanoCpus: number
  readonly memoryBytes: number
  readonly claims: readonly Claim[]
  readonly ports: readonly (HostPort & { readonly holder: string })[]
  /** Instances that are to run, by service. */
  readonly active: ReadonlyMap<string, number>
}

export interface Claim {
  readonly kind: string
  /** Of a named resource its name, else how many. */
  readonly value: string
  /** `greenhouse/climate.1` */
  readonly holder: string
}

/** Held from the moment that the node is chosen until the node says that the container has ended, whatever is wanted of it by then. */
const holding: ReadonlySet<InstanceState> = new Set([
  'assigned',
  'accepted',
  'preparing',
  'ready',
  'starting',
  'running',
] as const)

const ending: ReadonlySet<InstanceState> = new Set([
  'complete',
  'shutdown',
  'failed',
  'rejected',
  'remove',
  'orphaned',
] as const)

export function isHolding({ state }: Pick<ClusterInstance, 'state'>): boolean {
  return holding.has(state)
}

export function isOnItsWayOut({ desiredState }: Pick<ClusterInstance, 'desiredState'>): boolean {
  return ending.has(desiredState)
}

/** @param excludedServiceId a service whose instances are taken for gone. */
export function occupancyOf(
  node: ClusterNode,
  { instances, services }: ClusterSnapshot,
  excludedServiceId?: string,
): Occupancy {
  const here = instances.filter(
    (instance) =>
      instance.nodeId === node.id && isHolding(instance) && instance.serviceId !== excludedServiceId,
  )
  const byId = new Map(services.map((service) => [service.id, service]))
  const active = new Map<string, number>()
  for (const instance of here) {
    const { serviceId } = instance
    if (!isOnItsWayOut(instance)) active.set(serviceId, (active.get(serviceId) ?? 0) + 1)
  }
  return {
    nanoCpus: here.reduce((sum, { reserved }) => sum + reserved.nanoCpus, 0),
    memoryBytes: here.reduce((sum, { reserved }) => sum + reserved.memoryBytes, 0),
    claims: here.flatMap((instance) => {
      const holder = instanceName(instance, byId.get(instance.serviceId))
      return instance.claims.map((claim) => ({ ...claim, holder }))
    }),
    ports: here.flatMap((instance) => {
      const service = byId.get(instance.serviceId)
      const holder = instanceName(instance, service)
      return portsHeld(instance, service).map((port) => ({ ...port, holder }))
    }),
    active,
  }
}

/** Those that its service names. Of a service that is removed already nobody knows which were named: all that it publishes. */
function portsHeld({ ports }: ClusterInstance, service: ClusterService | undefined): HostPort[] {
  if (service !== undefined) return fixedHostPorts(service.spec)
  return ports.map(({ hostPort, protocol }) => ({ port: hostPort, protocol }))
}

/** `greenhouse/climate`, or Swarm's name of a service that is no application's. */
export function serviceName({ application, name, swarmName }: ClusterService): string {
  return application === undefined ? swarmName : `${application}/${name}`
}

/** `greenhouse/climate.1`; where each node has one instance there is no number. */
function instanceName({ slot }: ClusterInstance, service: ClusterService | undefined): string {
  if (service === undefined) return 'a service that is being removed'
  return slot === 0 ? serviceName(service) : `${serviceName(service)}.${slot}`
}
