// A service of an application as Swarm's ServiceSpec: pure, so that a plan can be shown before anything happens.
import { createHash } from 'node:crypto'
import type { Application, Healthcheck, Service } from './application.ts'
import { clusterLabel, reachableOnly } from './cluster/labels.ts'
import type { ClusterSettings, FileUse, UpdatePolicy } from './cluster/settings.ts'
import { renderSwarmMount } from './swarm-mount.ts'
import type {
  SwarmContainerSpec,
  SwarmEndpointSpec,
  SwarmPort,
  SwarmServiceSpec,
  SwarmTaskSpec,
  SwarmUpdateConfig,
} from './swarm-service-spec.ts'

export interface SwarmServiceContext {
  /** With the registry's name and the digest, as the nodes fetch it. */
  readonly image: string
  /** What the image is built for; nothing: nobody knows, and Swarm does not ask. */
  readonly platforms: readonly { readonly os: string; readonly architecture: string }[]
  /** Swarm's ids of secrets and configs, by their names there. */
  readonly secretIds: ReadonlyMap<string, string>
  readonly configIds: ReadonlyMap<string, string>
  /** In place of the file's replicas: how many are to be active. */
  readonly active?: number
}

const nanosecondsPerMs = 1e6
const nanoCpus = 1e9

/** Boards in fields fill their cards with logs where nothing bounds them. */
const boundedLogs = { Name: 'json-file', Options: { 'max-size': '1m', 'max-file': '3' } }

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
    TaskTemplate: renderTask(application, service, cluster, context),
    UpdateConfig: renderUpdate(cluster.update),
    RollbackConfig: renderUpdate(cluster.rollback),
    EndpointSpec: renderEndpointSpec(service, cluster),
  }
  const fixed = {
    ...cluster.serviceLabels,
    ...commonLabels(application, service),
    [clusterLabel.stackImage]: service.image,
    ...(frontService(services) === service ? { [clusterLabel.front]: '1' } : {}),
  }
  const hash = createHash('sha256')
    .update(JSON.stringify([body, fixed, cluster.mode]))
    .digest('hex')
    .slice(0, 16)
  return {
    Name: swarmServiceName(application, service.name),
    Labels: {
      ...fixed,
      [clusterLabel.spec]: hash,
      [clusterLabel.active]: String(active),
      [clusterLabel.standby]: String(cluster.standby),
    },
    Mode: cluster.mode === 'global' ? { Global: {} } : { Replicated: { Replicas: active + cluster.standby } },
    ...body,
  }
}

/** Those of the service and of its containers. */
function commonLabels(application: string, service: Service): Readonly<Record<string, string>> {
  const { coap, ready, network } = service
  return {
    [clusterLabel.stack]: application,
    [clusterLabel.mode]: 'cluster',
    [clusterLabel.application]: application,
    [clusterLabel.service]: service.name,
    [clusterLabel.readyMs]: String(ready.timeoutMs),
    ...(network === 'host' ? { [clusterLabel.network]: 'host' } : {}),
    ...(coap.port === undefined
      ? {}
      : { [clusterLabel.coapPort]: String(coap.port), [clusterLabel.coapPath]: coap.path }),
  }
}

function renderTask(
  application: string,
  service: Service,
  cluster: ClusterSettings,
  context: SwarmServiceContext,
): SwarmTaskSpec {
  const { limits, network } = service
  const { reservations, placement, restart } = cluster
  return {
    ContainerSpec: renderContainerSpec(application, service, cluster, context),
    Resources: {
      Limits: compact({
        NanoCPUs: limits.cpus === undefined ? undefined : Math.round(limits.cpus * nanoCpus),
        MemoryBytes: limits.memoryBytes,
        Pids: limits.pids,
      }),
      Reservations: compact({
        NanoCPUs: reservations.cpus === undefined ? undefined : Math.round(reservations.cpus * nanoCpus),
        MemoryBytes: reservations.memoryBytes,
        GenericResources:
          reservations.generic.length === 0
            ? undefined
            : reservations.generic.map(({ kind, count }) => ({
                DiscreteResourceSpec: { Kind: kind, Value: count },
              })),
      }),
    },
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
      // Swarm knows boards of 32 bits as armv7l and the like, and images as arm: it would find no node for them.
      Platforms: context.platforms.map(({ os, architecture }) =>
        architecture === 'arm' ? { OS: os } : { OS: os, Architecture: architecture },
      ),
    }),
    Networks:
      network === 'host'
        ? [{ Target: 'host' }]
        : cluster.networks.map(({ network: target, aliases }) => ({
            Target: target,
            Aliases: [service.name, ...aliases],
          })),
    LogDriver:
      service.logging === undefined
        ? boundedLogs
        : compact({ Name: service.logging.driver, Options: service.logging.options }),
  }
}

function renderContainerSpec(
  application: string,
  service: Service,
  cluster: ClusterSettings,
  { image, secretIds, configIds }: SwarmServiceContext,
): SwarmContainerSpec {
  const { dns } = service
  const hasDns = dns.servers.length + dns.search.length + dns.options.length > 0
  return compact({
    Image: image,
    Labels: {
      ...service.labels,
      ...commonLabels(application, service),
      ...(cluster.standby > 0 ? { [clusterLabel.standby]: '1' } : {}),
    },
    Command: service.entrypoint,
    Args: service.command,
    Env: Object.entries(service.environment)
      .map(([key, value]) => `${key}=${value}`)
      .sort(),
    Hostname: service.hostname,
    User: service.user,
    Groups: service.groups.length === 0 ? undefined : service.groups,
    Dir: service.workingDir,
    TTY: service.tty || undefined,
    OpenStdin: service.stdinOpen || undefined,
    ReadOnly: service.readOnly || undefined,
    Init: service.init,
    StopSignal: service.stopSignal,
    StopGracePeriod: service.stopGraceMs === undefined ? undefined : service.stopGraceMs * nanosecondsPerMs,
    Healthcheck: service.healthcheck === undefined ? undefined : renderHealthcheck(service.healthcheck),
    Hosts: service.extraHosts.length === 0 ? undefined : service.extraHosts.map(renderHost),
    DNSConfig: hasDns ? { Nameservers: dns.servers, Search: dns.search, Options: dns.options } : undefined,
    Mounts: [
      ...service.mounts.map(renderSwarmMount),
      ...Object.entries(service.tmpfs).map(([target, options]) => ({
        Type: 'tmpfs',
        Target: target,
        TmpfsOptions: tmpfsOptions(options),
      })),
    ],
    Secrets: cluster.secrets.map((use) => ({
      ...renderFile(use),
      SecretID: secretIds.get(use.source) ?? '',
      SecretName: use.source,
    })),
    Configs: cluster.configs.map((use) => ({
      ...renderFile(use),
      ConfigID: configIds.get(use.source) ?? '',
      ConfigName: use.source,
    })),
    Sysctls: Object.keys(service.sysctls).length === 0 ? undefined : service.sysctls,
    CapabilityAdd: service.capAdd.length === 0 ? undefined : service.capAdd.map(capability),
    CapabilityDrop: service.capDrop.length === 0 ? undefined : service.capDrop.map(capability),
    Ulimits:
      service.ulimits.length === 0
        ? undefined
        : service.ulimits.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })),
  }) as SwarmContainerSpec
}

/** Ports are the node's own: Swarm's mesh loses UDP after a move. Ranges are left to the Engine. */
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
  // Without a network of Swarm there is no address for it to share out.
  const mode = endpointMode ?? (networks.length > 0 ? 'vip' : undefined)
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

function renderHealthcheck({ test, intervalMs, timeoutMs, startPeriodMs, retries }: Healthcheck): object {
  const nanoseconds = (ms: number | undefined) => (ms === undefined ? undefined : ms * nanosecondsPerMs)
  return compact({
    Test: test,
    Interval: nanoseconds(intervalMs),
    Timeout: nanoseconds(timeoutMs),
    StartPeriod: nanoseconds(startPeriodMs),
    Retries: retries,
  })
}

function renderFile({ target, uid, gid, mode }: FileUse): object {
  return { File: { Name: target, UID: uid, GID: gid, Mode: mode } }
}

/** `name:address` as Compose and the Engine have it; Swarm wants a line of /etc/hosts. */
function renderHost(entry: string): string {
  const colon = entry.indexOf(':')
  return `${entry.slice(colon + 1)} ${entry.slice(0, colon)}`
}

/** Swarm takes CAP_NET_ADMIN, Compose files often say NET_ADMIN. */
function capability(name: string): string {
  const upper = name.toUpperCase()
  return upper === 'ALL' || upper.startsWith('CAP_') ? upper : `CAP_${upper}`
}

/** `size=64m,mode=1777` → bytes and mode bits; other options Swarm does not carry. */
function tmpfsOptions(options: string): object {
  const given = new Map(
    options.split(',').map((option): readonly [string, string] => {
      const [name = '', value = ''] = option.split('=', 2)
      return [name, value]
    }),
  )
  const [, digits, unit = ''] = /^(\d+)([kmg]?)/i.exec(given.get('size') ?? '') ?? []
  const factors: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }
  const mode = given.get('mode')
  return compact({
    SizeBytes: digits === undefined ? undefined : Number(digits) * (factors[unit.toLowerCase()] ?? 1),
    Mode: mode === undefined ? undefined : Number.parseInt(mode, 8),
  })
}

/** Without the members that say nothing. */
function compact<T extends object>(value: T): { readonly [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    readonly [Key in keyof T]: Exclude<T[Key], undefined>
  }
}
