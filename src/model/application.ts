// An application: what a Compose file declares, after parsing. Only nouns; every value is checked and in one unit.
import type { ClusterObjects, ClusterSettings } from './cluster/settings.ts'

/** What a Compose file declares: a name and its services. */
export interface Application {
  readonly name: string
  /** In start order: a service stands after those that it depends on. */
  readonly services: readonly Service[]
  /** What must be on a device before the first container of the application is created there. */
  readonly network: ApplicationNetwork | undefined
  /** What the user should know though it stops nothing, each with its place: `compose.yaml:3:5: services.web.image: …`. */
  readonly warnings: readonly string[]
  /** Cluster mode: what must be in Swarm first; undefined in pair mode. */
  readonly cluster: ClusterObjects | undefined
}

/**
 * A bridge network that the application has to itself on each device; on it a service answers to its name.
 * An application with one service has none: it has nobody to talk to, and the Engine's own bridge costs no time.
 */
export interface ApplicationNetwork {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
}

/** One container image, how to run it, what it needs, how many. */
export interface Service {
  readonly name: string
  /** Image reference as the user wrote it. */
  readonly image: string
  /** `os/arch[/variant]`; left out: the device's own. */
  readonly platform: string | undefined
  /** `never`: the image must be on the device already; `missing`: it is brought there when it is not. */
  readonly pullPolicy: 'missing' | 'never'
  readonly replicas: number
  /** In place of `application-service-1`; only with a single replica. */
  readonly containerName: string | undefined
  readonly command: readonly string[] | undefined
  readonly entrypoint: readonly string[] | undefined
  readonly environment: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  readonly user: string | undefined
  readonly groups: readonly string[]
  readonly workingDir: string | undefined
  readonly hostname: string | undefined
  readonly domainName: string | undefined
  /** With a terminal the Engine's log stream is raw bytes, not multiplexed frames. */
  readonly tty: boolean
  readonly stdinOpen: boolean
  readonly init: boolean | undefined
  readonly stopSignal: string | undefined
  readonly stopGraceMs: number | undefined
  readonly restart: RestartPolicy
  readonly healthcheck: Healthcheck | undefined
  readonly logging: Logging | undefined
  readonly dependsOn: readonly Dependency[]

  readonly network: NetworkMode
  readonly ports: readonly PortMapping[]
  /** Ports that the image listens on but that the device does not publish. */
  readonly exposed: readonly ContainerPort[]
  readonly dns: DnsSettings
  /** `host:address`, as the Engine takes them. */
  readonly extraHosts: readonly string[]

  /** Capabilities, one a device: twice the same is two devices. */
  readonly needs: readonly string[]
  readonly devices: readonly DeviceMapping[]
  /** `c 188:* rwm` */
  readonly deviceCgroupRules: readonly string[]
  readonly mounts: readonly Mount[]
  /** Path in the container to mount options: `size=64m,mode=1777`, or nothing. */
  readonly tmpfs: Readonly<Record<string, string>>
  readonly storageOptions: Readonly<Record<string, string>>
  readonly shmBytes: number | undefined

  readonly limits: ResourceLimits
  readonly blockIo: BlockIo | undefined
  readonly ulimits: readonly Ulimit[]
  readonly sysctls: Readonly<Record<string, string>>

  readonly readOnly: boolean
  readonly privileged: boolean
  readonly capAdd: readonly string[]
  readonly capDrop: readonly string[]
  readonly security: SecuritySettings
  readonly namespaces: NamespaceModes
  readonly cgroupParent: string | undefined
  readonly runtime: string | undefined
  readonly oom: OomSettings

  readonly coap: CoapAnswer
  readonly ready: { readonly timeoutMs: number }
  /** Undefined in pair mode. */
  readonly cluster: ClusterSettings | undefined
}

/** Where the service answers CoAP; without a port it is not asked, and it is ready when it is healthy or has run for a while. */
export interface CoapAnswer {
  /** UDP port in the container; with the network `host` it is the device's port too. */
  readonly port: number | undefined
  /** Resource that is asked to know that the service is ready. */
  readonly path: string
}

export type Protocol = 'tcp' | 'udp' | 'sctp'

export interface ContainerPort {
  /** 1..65535 */
  readonly port: number
  readonly protocol: Protocol
}

/** A port of the container that the device publishes. */
export interface PortMapping {
  /** 1..65535 */
  readonly containerPort: number
  readonly protocol: Protocol
  /** Address of the device to bind; left out: all of them. */
  readonly hostIp: string | undefined
  /** The device's port, or a range of which the Engine takes a free one; left out: the Engine chooses any. */
  readonly hostPorts: PortRange | undefined
}

/** Both ends belong to it; one port when they are equal. */
export interface PortRange {
  readonly first: number
  readonly last: number
}

/** A device file of the machine, given to the container. */
export interface DeviceMapping {
  readonly pathOnHost: string
  readonly pathInContainer: string
  /** Some of `r` (read), `w` (write), `m` (mknod). */
  readonly permissions: string
}

export type Mount = BindMount | VolumeMount | TmpfsMount

/** A path of the device. */
export interface BindMount {
  readonly kind: 'bind'
  readonly source: string
  readonly target: string
  readonly readOnly: boolean
  /** Whether the Engine makes a folder at `source` when nothing is there. */
  readonly createSource: boolean
  readonly propagation: string | undefined
  readonly selinux: 'z' | 'Z' | undefined
}

/** A volume of the device's Engine, made when it is first used. */
export interface VolumeMount {
  readonly kind: 'volume'
  /** Left out: an anonymous volume, which goes with its container. */
  readonly source: string | undefined
  readonly target: string
  readonly readOnly: boolean
  readonly noCopy: boolean
  readonly driver: string | undefined
  readonly driverOptions: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
}

export interface TmpfsMount {
  readonly kind: 'tmpfs'
  readonly target: string
  readonly readOnly: boolean
  readonly sizeBytes: number | undefined
  /** File mode bits. */
  readonly mode: number | undefined
}

/** `application`: the application's own network; the other three are the Engine's. */
export type NetworkMode = 'application' | 'bridge' | 'host' | 'none'

export interface DnsSettings {
  readonly servers: readonly string[]
  readonly search: readonly string[]
  readonly options: readonly string[]
}

/** Nothing given is no limit. */
export interface ResourceLimits {
  /** Whole or partial CPUs. */
  readonly cpus: number | undefined
  /** Relative weight. */
  readonly cpuShares: number | undefined
  readonly cpuQuotaUs: number | undefined
  readonly cpuPeriodUs: number | undefined
  /** `0-2,4` */
  readonly cpuSet: string | undefined
  readonly memoryBytes: number | undefined
  readonly memoryReservationBytes: number | undefined
  /** Memory and swap together; -1 is unlimited swap. */
  readonly memorySwapBytes: number | undefined
  /** 0..100 */
  readonly memorySwappiness: number | undefined
  /** -1 is unlimited. */
  readonly pids: number | undefined
}

/** Shares and limits of block devices; nothing given is no limit. */
export interface BlockIo {
  /** Relative weight, 10..1000. */
  readonly weight: number | undefined
  readonly deviceWeights: readonly DeviceRate[]
  readonly readBytesPerSecond: readonly DeviceRate[]
  readonly writeBytesPerSecond: readonly DeviceRate[]
  readonly readsPerSecond: readonly DeviceRate[]
  readonly writesPerSecond: readonly DeviceRate[]
}

export interface DeviceRate {
  /** `/dev/mmcblk0` */
  readonly path: string
  readonly rate: number
}

export interface Ulimit {
  readonly name: string
  readonly soft: number
  readonly hard: number
}

export interface RestartPolicy {
  readonly condition: 'no' | 'always' | 'on-failure' | 'unless-stopped'
  /** Only with `on-failure`; 0 is without end. */
  readonly maxAttempts: number
}

export interface Healthcheck {
  /** As the Engine takes it: `NONE`; or `CMD` and words; or `CMD-SHELL` and a line. Left out: the image's own. */
  readonly test: readonly string[] | undefined
  readonly intervalMs: number | undefined
  readonly timeoutMs: number | undefined
  readonly startPeriodMs: number | undefined
  readonly retries: number | undefined
}

export interface Logging {
  /** Left out: the Engine's default driver. */
  readonly driver: string | undefined
  readonly options: Readonly<Record<string, string>>
}

/** The service that is needed first, and how far it must have come: its container runs, or its health check passes. */
export interface Dependency {
  readonly service: string
  readonly condition: 'started' | 'healthy'
}

export interface SecuritySettings {
  /** `no-new-privileges=true`, `seccomp=unconfined`, … as the Engine takes them. */
  readonly options: readonly string[]
  /** Whether /proc and /sys are left without the Engine's masks. */
  readonly unmaskedSystemPaths: boolean
}

/** Namespaces shared with the device; nothing given is the Engine's default. */
export interface NamespaceModes {
  readonly pid: 'host' | undefined
  readonly ipc: 'host' | 'private' | 'shareable' | 'none' | undefined
  readonly uts: 'host' | undefined
  readonly user: 'host' | undefined
  readonly cgroup: 'host' | 'private' | undefined
}

export interface OomSettings {
  readonly killDisabled: boolean
  /** -1000..1000 */
  readonly scoreAdjustment: number | undefined
}
