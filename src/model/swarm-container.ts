// The container of a service as Swarm's ContainerSpec has it.
import type { Healthcheck, Service } from './application.ts'
import { clusterLabel } from './cluster/labels.ts'
import type { ClusterSettings, FileUse } from './cluster/settings.ts'
import { compact } from './compact.ts'
import { devicePathsVariable, renderDevicePaths } from './devices/device-paths.ts'
import { sharedLabels } from './swarm-labels.ts'
import { renderSwarmMemory, renderSwarmMount } from './swarm-mount.ts'
import type { SwarmContainerSpec } from './swarm-service-spec.ts'

export interface SwarmContainerContext {
  readonly application: string
  /** With the registry's name and the digest, as the nodes fetch it. */
  readonly image: string
  /** Swarm's ids of secrets and configs, by their names there; what has none yet is left without, as in a plan that nobody carries out. */
  readonly secretIds: ReadonlyMap<string, string>
  readonly configIds: ReadonlyMap<string, string>
}

const nanosecondsPerMs = 1e6
const nanosecondsPerSecond = 1e9

export function renderSwarmContainer(
  service: Service,
  cluster: ClusterSettings,
  { application, image, secretIds, configIds }: SwarmContainerContext,
): SwarmContainerSpec {
  const { dns } = service
  const hasDns = dns.servers.length + dns.search.length + dns.options.length > 0
  return compact({
    Image: image,
    Labels: {
      ...service.labels,
      ...sharedLabels(application, service),
      ...(cluster.standby > 0 ? { [clusterLabel.standby]: '1' } : {}),
    },
    Command: service.entrypoint,
    Args: service.command,
    Env: Object.entries({ ...service.environment, ...devicePathsOf(service) })
      .map(([key, value]) => `${key}=${value}`)
      .sort(),
    Hostname: service.hostname,
    User: service.user,
    Groups: filled(service.groups),
    Dir: service.workingDir,
    TTY: service.tty || undefined,
    OpenStdin: service.stdinOpen || undefined,
    ReadOnly: service.readOnly || undefined,
    Init: service.init,
    StopSignal: service.stopSignal,
    StopGracePeriod: service.stopGraceMs === undefined ? undefined : graceOf(service.stopGraceMs),
    Healthcheck: service.healthcheck === undefined ? undefined : renderHealthcheck(service.healthcheck),
    Hosts: filled(service.extraHosts.map(renderHost)),
    DNSConfig: hasDns ? { Nameservers: dns.servers, Search: dns.search, Options: dns.options } : undefined,
    Mounts: [
      ...service.mounts.map(renderSwarmMount),
      ...Object.entries(service.tmpfs).map(([target, options]) => renderSwarmMemory(target, options)),
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
    CapabilityAdd: filled(service.capAdd.map(capability)),
    CapabilityDrop: filled(service.capDrop.map(capability)),
    Ulimits: filled(service.ulimits.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard }))),
  }) as SwarmContainerSpec
}

/** What `devices:` asks for, for the runtime of the node to grant. */
function devicePathsOf({ devices }: Service): Readonly<Record<string, string>> {
  if (devices.length === 0) return {}
  const paths = devices.map(({ pathOnHost, pathInContainer, permissions }) => ({
    host: pathOnHost,
    container: pathInContainer,
    permissions,
  }))
  return { [devicePathsVariable]: renderDevicePaths(paths) }
}

/** SwarmKit's agent reads whole seconds and drops the rest: half a second would be none. */
function graceOf(stopGraceMs: number): number {
  return Math.ceil(stopGraceMs / 1000) * nanosecondsPerSecond
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

function filled<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list
}
