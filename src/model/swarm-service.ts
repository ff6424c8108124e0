// A service of an application as Swarm's ServiceSpec: pure, so that a plan can be shown before anything happens.
import { createHash } from 'node:crypto'
import type { Application, Service } from './application.ts'
import { clusterLabel } from './cluster/labels.ts'
import type { ClusterSettings, UpdatePolicy } from './cluster/settings.ts'
import { sharedLabels } from './swarm-labels.ts'
import type {
  SwarmEndpointSpec,
  SwarmPort,
  SwarmServiceSpec,
  SwarmUpdateConfig,
} from './swarm-service-spec.ts'
import { renderSwarmTask, type SwarmTaskContext } from './swarm-task.ts'

export interface SwarmServiceContext extends Omit<SwarmTaskContext, 'application'> {
  /** In place of the file's replicas: how many are to be active. */
  readonly active?: number
}

const nanosecondsPerMs = 1e6

/** A shared address needs IPVS, which the kernels of many boards lack, and which loses UDP when an instance moves. */
const usualEndpointMode = 'dnsrr'

/** `APPLICATION_SERVICE`, as `docker stack` names it. */
export function swarmServiceName(application: string, service: string): string {
  return `${application}_${service}`
}

/** The one that the application's name alone means: of those that speak CoAP the last to start, which the others are there for. */
export function frontService(services: readonly Service[]): Service | undefined {
  return services.findLast(({ coap }) => coap.port !== undefined) ?? services.at(-1)
}

/**
 * @param service parsed for cluster mode
 * @throws RangeError for one that was parsed for pair mode
 */
export function renderSwarmService(
  { name: application, services }: Pick<Application, 'name' | 'services'>,
  service: Service,
  context: SwarmServiceContext,
): SwarmServiceSpec {
  const { cluster } = service
  if (cluster === undefined) throw new RangeError(`${service.name} was not read for cluster mode`)
  const active = context.active ?? service.replicas
  const body = {
    TaskTemplate: renderSwarmTask(service, cluster, { application, ...context }),
    UpdateConfig: renderUpdate(cluster.update),
    RollbackConfig: renderUpdate(cluster.rollback),
    EndpointSpec: renderEndpointSpec(service, cluster),
  }
  const fixed = {
    ...cluster.serviceLabels,
    ...sharedLabels(application, service),
    [clusterLabel.stackImage]: service.image,
    ...(frontService(services) === service ? { [clusterLabel.front]: '1' } : {}),
  }
  const hash = createHash('sha256')
    .update(JSON.stringify(inOrder([body, fixed, cluster.mode])))
    .digest('hex')
    .slice(0, 16)
  return {
    Name: swarmServiceName(application, service.name),
    Labels: {
      ...fixed,
      [clusterLabel.spec]: hash,
      [clusterLabel.active]: String(active),
      [clusterLabel.declared]: String(service.replicas),
      [clusterLabel.standby]: String(cluster.standby),
    },
    Mode: cluster.mode === 'global' ? { Global: {} } : { Replicated: { Replicas: active + cluster.standby } },
    ...body,
  }
}

/** With the keys of maps sorted: the order in a Compose file means nothing. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, inner]) => [key, inOrder(inner)] as const)
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Ports are the node's own: Swarm's mesh loses UDP after a move. A port that is left out is the Engine's to choose. */
function renderEndpointSpec(
  service: Service,
  { endpointMode, networks }: ClusterSettings,
): SwarmEndpointSpec {
  const ports = service.ports.map(
    ({ containerPort, protocol, hostPorts }): SwarmPort => ({
      Protocol: protocol,
      TargetPort: containerPort,
      PublishMode: 'host',
      ...(hostPorts !== undefined && hostPorts.first === hostPorts.last
        ? { PublishedPort: hostPorts.first }
        : {}),
    }),
  )
  // Without a network of Swarm there is no name that leads to an instance.
  const mode = endpointMode ?? (networks.length > 0 ? usualEndpointMode : undefined)
  return { ...(mode === undefined ? {} : { Mode: mode }), ...(ports.length === 0 ? {} : { Ports: ports }) }
}

function renderUpdate(policy: UpdatePolicy): SwarmUpdateConfig {
  return {
    Parallelism: policy.parallelism,
    Delay: policy.delayMs * nanosecondsPerMs,
    FailureAction: policy.failureAction,
    Monitor: policy.monitorMs * nanosecondsPerMs,
    MaxFailureRatio: policy.maxFailureRatio,
    Order: policy.order,
  }
}
