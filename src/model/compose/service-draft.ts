// What the keys of one service say, before they are held against each other.
import type {
  BlockIo,
  ContainerPort,
  DeviceMapping,
  Healthcheck,
  Logging,
  NetworkMode,
  RestartPolicy,
  SecuritySettings,
  Service,
  Ulimit,
} from '../application.ts'
import type { FileUseDraft } from './keys/cluster/files.ts'
import type { NetworkUseDraft } from './keys/cluster/networks.ts'
import type { DependencyDraft } from './keys/depends-on.ts'
import type { Deploy } from './keys/deploy-draft.ts'
import type { MountUse } from './keys/mounts.ts'
import type { Ports } from './keys/ports.ts'
import type { XShoal } from './keys/x-shoal.ts'
import type { KeyValue } from './read-key-values.ts'
import type { Patch } from './section.ts'

/** Each member comes from one key. */
export interface ServiceDraft {
  readonly image: string
  readonly platform: string
  readonly pullPolicy: Service['pullPolicy']
  readonly containerName: string
  readonly scale: number
  readonly deploy: Patch<Deploy>
  readonly command: readonly string[]
  readonly entrypoint: readonly string[]
  readonly environment: readonly KeyValue[]
  readonly labels: readonly KeyValue[]
  readonly user: string
  readonly groups: readonly string[]
  readonly workingDir: string
  readonly hostname: string
  readonly domainName: string
  readonly tty: boolean
  readonly stdinOpen: boolean
  readonly init: boolean
  readonly stopSignal: string
  readonly stopGraceMs: number
  readonly restart: RestartPolicy
  readonly healthcheck: Healthcheck
  readonly logging: Logging
  readonly dependsOn: readonly DependencyDraft[]
  readonly network: Exclude<NetworkMode, 'application'>
  readonly ports: Ports
  readonly exposed: readonly ContainerPort[]
  readonly dnsServers: readonly string[]
  readonly dnsSearch: readonly string[]
  readonly dnsOptions: readonly string[]
  readonly extraHosts: readonly string[]
  readonly devices: readonly DeviceMapping[]
  readonly deviceCgroupRules: readonly string[]
  readonly mounts: readonly MountUse[]
  readonly tmpfs: Readonly<Record<string, string>>
  readonly storageOptions: Readonly<Record<string, string>>
  readonly shmBytes: number
  readonly cpus: number
  readonly cpuShares: number
  readonly cpuQuotaUs: number
  readonly cpuPeriodUs: number
  readonly cpuSet: string
  readonly memoryBytes: number
  readonly memoryReservationBytes: number
  readonly memorySwapBytes: number
  readonly memorySwappiness: number
  readonly pids: number
  readonly blockIo: BlockIo
  readonly ulimits: readonly Ulimit[]
  readonly sysctls: Readonly<Record<string, string>>
  readonly readOnly: boolean
  readonly privileged: boolean
  readonly capAdd: readonly string[]
  readonly capDrop: readonly string[]
  readonly security: SecuritySettings
  readonly pidMode: 'host'
  readonly ipcMode: 'host' | 'private' | 'shareable' | 'none'
  readonly utsMode: 'host'
  readonly userMode: 'host'
  readonly cgroupMode: 'host' | 'private'
  readonly cgroupParent: string
  readonly runtime: string
  readonly oomKillDisabled: boolean
  readonly oomScoreAdjustment: number
  readonly xShoal: Patch<XShoal>
  /** The rest in cluster mode alone. */
  readonly networks: readonly NetworkUseDraft[]
  readonly secrets: readonly FileUseDraft[]
  readonly configs: readonly FileUseDraft[]
}
