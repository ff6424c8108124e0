// What a service declares for cluster mode, from its keys, with what it leaves out filled in.
import type { NetworkMode } from '../application.ts'
import type { ClusterSettings, FileUse, NetworkUse, UpdatePolicy } from '../cluster/settings.ts'
import type { NeededFile, UsedClusterObjects } from './cluster-objects.ts'
import type { Place } from './findings.ts'
import type { FileUseDraft } from './keys/cluster/files.ts'
import type { Patch } from './section.ts'
import type { ServiceDraft } from './service-draft.ts'

/** An instance that fails does so soon after it should have been ready. */
const monitorMarginMs = 5000

export interface SettingsContext {
  readonly readyMs: number
  readonly coapPort: number | undefined
  readonly used: UsedClusterObjects
  /** Where the service stands in the file. */
  readonly place: Place
}

export function readClusterSettings(
  draft: Patch<ServiceDraft>,
  { readyMs, coapPort, used, place }: SettingsContext,
): ClusterSettings {
  const { deploy, xShoal, network } = draft
  const usual: UpdatePolicy = {
    parallelism: 1,
    delayMs: 0,
    failureAction: 'rollback',
    monitorMs: readyMs + monitorMarginMs,
    maxFailureRatio: 0,
    order: canStartFirst(draft) ? 'start-first' : 'stop-first',
  }
  return {
    mode: deploy?.mode ?? 'replicated',
    standby: xShoal?.standby ?? 0,
    serviceLabels: deploy?.labels ?? {},
    endpointMode: deploy?.endpointMode,
    placement: {
      constraints: deploy?.placement?.constraints ?? [],
      spreadOver: deploy?.placement?.spreadOver ?? [],
      maxPerNode: (deploy?.placement?.maxPerNode ?? onePerNode(network, coapPort)) || undefined,
    },
    reservations: {
      cpus: deploy?.resources?.reservations?.cpus || undefined,
      memoryBytes: deploy?.resources?.reservations?.memoryBytes || undefined,
      generic: deploy?.resources?.reservations?.generic ?? [],
    },
    restart: deploy?.clusterRestart ?? restartOf(draft),
    update: filled(usual, deploy?.update),
    rollback: filled({ ...usual, failureAction: 'pause' }, deploy?.rollback),
    networks: networkUses(draft, used, place),
    secrets: fileUses('secret', draft.secrets ?? [], used),
    configs: fileUses('config', draft.configs ?? [], used),
  }
}

/** Two instances cannot answer at one port of a node, and with its own network Swarm does not know of the port. */
function onePerNode(network: NetworkMode | undefined, coapPort: number | undefined): number | undefined {
  return network === 'host' && coapPort !== undefined ? 1 : undefined
}

/** Whether the new instance can stand beside the old one: they share no port, claim, place of a node, or files that one of them writes. */
function canStartFirst(draft: Patch<ServiceDraft>): boolean {
  const { network, ports, mounts, deploy } = draft
  return (
    network !== 'host' &&
    (ports?.mappings ?? []).every(({ hostPorts }) => hostPorts === undefined) &&
    (mounts ?? []).every(
      ({ mount }) =>
        mount.kind === 'tmpfs' || mount.readOnly || (mount.kind === 'volume' && mount.source === undefined),
    ) &&
    !deploy?.placement?.maxPerNode &&
    !isClaiming(draft)
  )
}

/** Whether its instances hold something of a node that Swarm counts by name. */
export function isClaiming({ devices, xShoal, deploy }: Patch<ServiceDraft>): boolean {
  const generic = deploy?.resources?.reservations?.generic ?? []
  return generic.length > 0 || (devices ?? []).length > 0 || (xShoal?.needs ?? []).length > 0
}

/** The key `restart`, in Swarm’s words. Left out, an ended instance is replaced. */
function restartOf({ restart }: Patch<ServiceDraft>): ClusterSettings['restart'] {
  const conditions = {
    no: 'none',
    'on-failure': 'on-failure',
    always: 'any',
    'unless-stopped': 'any',
  } as const
  return {
    condition: restart === undefined ? 'any' : conditions[restart.condition],
    delayMs: 0,
    maxAttempts: restart?.maxAttempts || undefined,
    windowMs: undefined,
  }
}

function filled(usual: UpdatePolicy, given: Patch<UpdatePolicy> = {}): UpdatePolicy {
  const said = Object.entries(given).filter(([, value]) => value !== undefined)
  return { ...usual, ...Object.fromEntries(said) }
}

/**
 * What claims is on no network of Swarm: each that comes to a node or goes from it changes the node's record, at which Swarm gives up an instance
 * there that holds a claim, and the next brings the network anew, without end (docs/decisions/devices.md).
 */
function networkUses(
  draft: Patch<ServiceDraft>,
  used: UsedClusterObjects,
  place: Place,
): readonly NetworkUse[] {
  const { network, networks } = draft
  if (network !== undefined) return []
  if (networks === undefined) {
    if (isClaiming(draft)) return []
    const usual = used.useDefaultNetwork(place)
    return usual === undefined ? [] : [{ network: usual, aliases: [] }]
  }
  return networks.flatMap((use) => {
    const name = used.useNetwork(use.key, use.place)
    return name === undefined ? [] : [{ network: name, aliases: use.aliases }]
  })
}

function fileUses(
  kind: NeededFile['kind'],
  uses: readonly FileUseDraft[],
  used: UsedClusterObjects,
): readonly FileUse[] {
  const folder = kind === 'secret' ? '/run/secrets/' : '/'
  return uses.flatMap(({ key, target = key, uid, gid, mode, place }) => {
    const source = used.useFile(kind, key, place)
    return source === undefined
      ? []
      : [{ source, target: target.startsWith('/') ? target : `${folder}${target}`, uid, gid, mode }]
  })
}
