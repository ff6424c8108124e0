// What Swarm does for each instance of a service, as its TaskSpec has it: with how much, where, on which networks.
import type { Service } from './application.ts'
import { reachableOnly } from './cluster/labels.ts'
import type { ClusterSettings } from './cluster/settings.ts'
import { compact } from './compact.ts'
import { renderSwarmContainer, type SwarmContainerContext } from './swarm-container.ts'
import { type ImagePlatform, renderPlatforms } from './swarm-platforms.ts'
import type { SwarmTaskSpec } from './swarm-service-spec.ts'

export interface SwarmTaskContext extends SwarmContainerContext {
  /** What the image is built for; nothing: nobody knows, and Swarm does not ask. */
  readonly platforms: readonly ImagePlatform[]
}

const nanosecondsPerMs = 1e6
const nanoCpus = 1e9

/** Boards in fields fill their cards with logs where nothing bounds them. */
const boundedLogs = { Name: 'json-file', Options: { 'max-size': '1m', 'max-file': '3' } }

export function renderSwarmTask(
  service: Service,
  cluster: ClusterSettings,
  context: SwarmTaskContext,
): SwarmTaskSpec {
  const { placement, restart } = cluster
  return {
    ContainerSpec: renderSwarmContainer(service, cluster, context),
    Resources: renderResources(service, cluster),
    RestartPolicy: compact({
      Condition: restart.condition,
      Delay: restart.delayMs * nanosecondsPerMs,
      MaxAttempts: restart.maxAttempts,
      Window: restart.windowMs === undefined ? undefined : restart.windowMs * nanosecondsPerMs,
    }),
    Placement: compact({
      Constraints: [...placement.constraints, reachableOnly],
      Preferences: placement.spreadOver.map((label) => ({ Spread: { SpreadDescriptor: label } })),
      MaxReplicas: placement.maxPerNode,
      Platforms: renderPlatforms(service.platform, context.platforms),
    }),
    Networks: renderNetworks(service, cluster),
    LogDriver:
      service.logging === undefined
        ? boundedLogs
        : compact({ Name: service.logging.driver, Options: service.logging.options }),
  }
}

function renderResources(
  service: Service,
  { reservations }: ClusterSettings,
): NonNullable<SwarmTaskSpec['Resources']> {
  const { limits } = service
  const generic = [...reservations.generic, ...claimsOf(service)]
  return {
    Limits: compact({
      NanoCPUs: nanoCpusOf(limits.cpus),
      MemoryBytes: limits.memoryBytes,
      // In a container's settings -1 is no limit; Swarm has no word for it but none at all.
      Pids: limits.pids === -1 ? undefined : limits.pids,
    }),
    Reservations: compact({
      NanoCPUs: nanoCpusOf(reservations.cpus),
      MemoryBytes: reservations.memoryBytes,
      GenericResources:
        generic.length === 0
          ? undefined
          : generic.map(({ kind, count }) => ({ DiscreteResourceSpec: { Kind: kind, Value: count } })),
    }),
  }
}

/** Swarm counts capabilities and paths as it does any generic resource: a kind, and how many. */
function claimsOf({ needs, devices }: Service): readonly { readonly kind: string; readonly count: number }[] {
  const counts = new Map<string, number>()
  for (const capability of needs) counts.set(capability, (counts.get(capability) ?? 0) + 1)
  // Under two names in the container it is one device still.
  for (const { pathOnHost } of devices) counts.set(pathOnHost, 1)
  return [...counts].map(([kind, count]) => ({ kind, count }))
}

function nanoCpusOf(cpus: number | undefined): number | undefined {
  return cpus === undefined ? undefined : Math.round(cpus * nanoCpus)
}

/** On each network the service answers to its own name, whatever Swarm calls it. */
function renderNetworks(
  { name, network }: Service,
  { networks }: ClusterSettings,
): NonNullable<SwarmTaskSpec['Networks']> {
  return network === 'host'
    ? [{ Target: 'host' }]
    : networks.map(({ network: target, aliases }) => ({
        Target: target,
        Aliases: [...new Set([name, ...aliases])],
      }))
}
