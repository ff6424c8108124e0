// What a service declares for cluster mode, from its keys, with what it leaves out filled in.
import type { ClusterSettings, FileUse, NetworkUse, UpdatePolicy } from '../cluster/settings.ts'
import type { ClusterNames } from './cluster-objects.ts'
import type { Findings } from './findings.ts'
import type { FileUseDraft } from './keys/cluster/files.ts'
import type { Patch } from './section.ts'
import type { ServiceDraft } from './service-draft.ts'
import type { Say } from './service-rules.ts'

/** An instance that fails does so soon after it should have been ready. */
const monitorMarginMs = 5000

export function readClusterSettings(
  draft: Patch<ServiceDraft>,
  { readyMs, names }: { readonly readyMs: number; readonly names: ClusterNames },
  say: Say,
  findings: Findings,
): ClusterSettings {
  const { deploy, xShoal } = draft
  const standby = xShoal?.standby ?? 0
  const mode = deploy?.mode ?? 'replicated'
  if (mode === 'global' && standby > 0)
    say(['x-shoal', 'standby'], 'with the mode global each node has one instance, and none to stand by')
  if (mode === 'global' && deploy?.replicas !== undefined)
    say(['deploy', 'replicas'], 'with the mode global each node has one instance: leave replicas out')
  if (draft.network === 'host' && draft.networks !== undefined)
    say(['networks'], 'with network_mode host it is on the node’s own network: leave networks out')
  const order = canStartFirst(draft) ? 'start-first' : 'stop-first'
  const usual: UpdatePolicy = {
    parallelism: 1,
    delayMs: 0,
    failureAction: 'rollback',
    monitorMs: readyMs + monitorMarginMs,
    maxFailureRatio: 0,
    order,
  }
  return {
    mode,
    standby,
    serviceLabels: deploy?.labels ?? {},
    endpointMode: deploy?.endpointMode,
    placement: {
      constraints: [...(deploy?.placement?.constraints ?? []), ...platformConstraints(draft.platform)],
      spreadOver: deploy?.placement?.spreadOver ?? [],
      maxPerNode: deploy?.placement?.maxPerNode || undefined,
    },
    reservations: {
      cpus: deploy?.resources?.reservations?.cpus || undefined,
      memoryBytes: deploy?.resources?.reservations?.memoryBytes || undefined,
      generic: deploy?.resources?.reservations?.generic ?? [],
    },
    restart: deploy?.clusterRestart ?? restartOf(draft),
    update: filled(usual, deploy?.update),
    rollback: filled({ ...usual, failureAction: 'pause' }, deploy?.rollback),
    networks: networkUses(draft, names, findings),
    secrets: fileUses(draft.secrets ?? [], names.secrets, '/run/secrets/', findings),
    configs: fileUses(draft.configs ?? [], names.configs, '/', findings),
  }
}

/** Two instances cannot hold one port of a node at once. */
function canStartFirst({ network, ports }: Patch<ServiceDraft>): boolean {
  return (
    network !== 'host' &&
    (ports?.mappings ?? []).every(
      ({ hostPorts }) => hostPorts === undefined || hostPorts.first !== hostPorts.last,
    )
  )
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

/** `linux/arm64/v8` → the constraints of os and architecture; Swarm calls architectures as the kernel does. */
function platformConstraints(platform: string | undefined): readonly string[] {
  if (platform === undefined) return []
  const [os = '', architecture = ''] = platform.split('/')
  const kernelNames: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64' }
  return [
    `node.platform.os==${os}`,
    ...(architecture === '' ? [] : [`node.platform.arch==${kernelNames[architecture] ?? architecture}`]),
  ]
}

function networkUses(
  { network, networks }: Patch<ServiceDraft>,
  names: ClusterNames,
  findings: Findings,
): readonly NetworkUse[] {
  if (network === 'host') return []
  if (networks === undefined) {
    const usual = names.defaultNetwork
    return usual === undefined ? [] : [{ network: usual, aliases: [] }]
  }
  return networks.flatMap(({ key, aliases, place }) => {
    const known =
      key === 'default' ? (names.networks.get(key) ?? names.applicationNetwork) : names.networks.get(key)
    if (known !== undefined) return [{ network: known, aliases }]
    findings.problem(place, `no network "${key}" stands under networks at the top of the file`)
    return []
  })
}

function fileUses(
  uses: readonly FileUseDraft[],
  names: ReadonlyMap<string, string>,
  folder: string,
  findings: Findings,
): readonly FileUse[] {
  return uses.flatMap(({ key, target = key, uid, gid, mode, place }) => {
    const source = names.get(key)
    if (source !== undefined)
      return [{ source, target: target.startsWith('/') ? target : `${folder}${target}`, uid, gid, mode }]
    findings.problem(place, `no "${key}" stands at the top of the file`)
    return []
  })
}
