// One service: its keys held against each other, and what it leaves out filled in.
import type { NetworkMode, ResourceLimits, Service } from '../application.ts'
import type { ClusterSettings } from '../cluster/settings.ts'
import type { UsedClusterObjects } from './cluster-objects.ts'
import { checkClusterService } from './cluster-rules.ts'
import { readClusterSettings } from './cluster-settings.ts'
import { planCoapAnswer } from './coap-answer.ts'
import type { Findings } from './findings.ts'
import type { DependencyDraft } from './keys/depends-on.ts'
import { serviceSection } from './keys/service-keys.ts'
import { resolveMount, type Volumes } from './keys/volumes.ts'
import { type Located, placeOf } from './located.ts'
import type { KeyValue } from './read-key-values.ts'
import { type Patch, readSection } from './section.ts'
import type { ServiceDraft } from './service-draft.ts'
import { checkService, type Say } from './service-rules.ts'
import type { Environment } from './syntax/interpolate.ts'

/** What a service takes from around it. */
export interface ServiceContext {
  readonly application: string
  readonly volumes: Volumes
  readonly environment: Environment
  /** Where a service stands that says nothing of its network. */
  readonly defaultNetwork: NetworkMode
  /** The networks, secrets and configs of the file; undefined in pair mode. */
  readonly clusterObjects: UsedClusterObjects | undefined
}

/** A service whose dependencies have not been looked up yet. */
export interface ReadService extends Omit<Service, 'dependsOn'> {
  readonly dependsOn: readonly DependencyDraft[]
}

/** A Raspberry Pi starts a container in seconds, a loaded one in some more. */
const readyTimeoutMs = 30_000

export function readService(
  name: string,
  source: Located,
  context: ServiceContext,
  findings: Findings,
): ReadService {
  const draft = readSection(serviceSection, source, findings)
  const say: Say = (keys, message) => findings.problem(placeOf(source, ...keys), message)
  // Without image, these say what to do; a second problem would only repeat them.
  const hasAnotherProblem =
    source.kind !== 'map' || ['image', 'build', 'provider'].some((key) => source.entries.has(key))
  if (!hasAnotherProblem) say([], 'image is missing')
  checkService(draft, say)
  const readyMs = draft.xShoal?.ready?.timeoutMs ?? readyTimeoutMs
  const coap = planCoapAnswer(draft, draft.network ?? context.defaultNetwork, say)
  const used = context.clusterObjects
  if (used !== undefined) checkClusterService({ ...draft, name, application: context.application }, say)
  const cluster =
    used === undefined
      ? undefined
      : readClusterSettings(draft, { readyMs, coapPort: coap.port, used, place: source.place })
  const network = draft.network ?? (cluster === undefined ? context.defaultNetwork : networkOf(cluster))
  return {
    name,
    // Empty only beside a problem, and then no application comes of it.
    image: draft.image ?? '',
    platform: draft.platform,
    pullPolicy: draft.pullPolicy ?? 'missing',
    replicas: draft.deploy?.replicas ?? draft.scale ?? 1,
    containerName: draft.containerName,
    command: draft.command,
    entrypoint: draft.entrypoint,
    environment: resolveEnvironment(draft.environment ?? [], context.environment),
    labels: Object.fromEntries((draft.labels ?? []).map(({ key, value = '' }) => [key, value])),
    user: draft.user,
    groups: draft.groups ?? [],
    workingDir: draft.workingDir,
    hostname: draft.hostname,
    domainName: draft.domainName,
    tty: draft.tty ?? false,
    stdinOpen: draft.stdinOpen ?? false,
    init: draft.init,
    stopSignal: draft.stopSignal,
    stopGraceMs: draft.stopGraceMs,
    restart: draft.deploy?.restart ?? draft.restart ?? { condition: 'no', maxAttempts: 0 },
    healthcheck: draft.healthcheck,
    logging: draft.logging,
    dependsOn: draft.dependsOn ?? [],
    network,
    ports: draft.ports?.mappings ?? [],
    exposed: draft.exposed ?? [],
    dns: {
      servers: draft.dnsServers ?? [],
      search: draft.dnsSearch ?? [],
      options: draft.dnsOptions ?? [],
    },
    extraHosts: draft.extraHosts ?? [],
    needs: draft.xShoal?.needs ?? [],
    devices: draft.devices ?? [],
    deviceCgroupRules: draft.deviceCgroupRules ?? [],
    mounts: (draft.mounts ?? []).map((use) =>
      resolveMount(use, context.volumes, context.application, findings),
    ),
    tmpfs: draft.tmpfs ?? {},
    storageOptions: draft.storageOptions ?? {},
    shmBytes: draft.shmBytes,
    limits: limitsOf(draft),
    blockIo: draft.blockIo,
    ulimits: draft.ulimits ?? [],
    sysctls: draft.sysctls ?? {},
    readOnly: draft.readOnly ?? false,
    privileged: draft.privileged ?? false,
    capAdd: draft.capAdd ?? [],
    capDrop: draft.capDrop ?? [],
    security: draft.security ?? { options: [], unmaskedSystemPaths: false },
    namespaces: {
      pid: draft.pidMode,
      ipc: draft.ipcMode,
      uts: draft.utsMode,
      user: draft.userMode,
      cgroup: draft.cgroupMode,
    },
    cgroupParent: draft.cgroupParent,
    runtime: draft.runtime,
    oom: { killDisabled: draft.oomKillDisabled ?? false, scoreAdjustment: draft.oomScoreAdjustment },
    coap,
    ready: { timeoutMs: readyMs },
    cluster,
  }
}

/** Where an instance stands that says nothing: on the networks of Swarm that it uses, else on the node's bridge. */
function networkOf({ networks }: ClusterSettings): NetworkMode {
  return networks.length > 0 ? 'application' : 'bridge'
}

/** Zero is no limit, in Compose as in the Engine. */
function limitsOf(draft: Patch<ServiceDraft>): ResourceLimits {
  const { limits, reservations } = draft.deploy?.resources ?? {}
  return {
    cpus: (draft.cpus ?? limits?.cpus) || undefined,
    cpuShares: draft.cpuShares || undefined,
    cpuQuotaUs: draft.cpuQuotaUs || undefined,
    cpuPeriodUs: draft.cpuPeriodUs || undefined,
    cpuSet: draft.cpuSet,
    memoryBytes: (draft.memoryBytes ?? limits?.memoryBytes) || undefined,
    memoryReservationBytes: (draft.memoryReservationBytes ?? reservations?.memoryBytes) || undefined,
    memorySwapBytes: draft.memorySwapBytes || undefined,
    memorySwappiness: draft.memorySwappiness,
    pids: (draft.pids ?? limits?.pids) || undefined,
  }
}

/** A name without value takes the client's, and is left out where the client has none. */
function resolveEnvironment(
  pairs: readonly KeyValue[],
  client: Environment,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.flatMap(({ key, value }) => {
      const found = value ?? (Object.hasOwn(client, key) ? client[key] : undefined)
      return found === undefined ? [] : [[key, found]]
    }),
  )
}
