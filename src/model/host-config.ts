// The member `HostConfig` of a container that is to be created, Engine API 1.41.
import type { DeviceRate, Mount, Service } from './application.ts'

/** What Shoal sends of it; a member without value does not reach the wire, and the Engine's default holds. */
export interface HostConfig {
  readonly NetworkMode: string
  /** `5683/udp` to bindings; an empty `HostPort` lets the Engine choose. */
  readonly PortBindings: Readonly<Record<string, readonly PortBinding[]>>
  readonly Dns: readonly string[]
  readonly DnsSearch: readonly string[]
  readonly DnsOptions: readonly string[]
  readonly ExtraHosts: readonly string[]
  readonly Devices: readonly EngineDevice[]
  readonly DeviceCgroupRules: readonly string[]
  /** `SOURCE:TARGET:OPTIONS`; the Engine makes a missing source. */
  readonly Binds: readonly string[]
  /** The Engine refuses a missing source. */
  readonly Mounts: readonly EngineMount[]
  readonly Tmpfs: Readonly<Record<string, string>>
  readonly StorageOpt: Readonly<Record<string, string>>
  readonly ShmSize: number | undefined
  /** Billionths of a CPU. */
  readonly NanoCpus: number | undefined
  readonly CpuShares: number | undefined
  readonly CpuQuota: number | undefined
  readonly CpuPeriod: number | undefined
  readonly CpusetCpus: string | undefined
  readonly Memory: number | undefined
  readonly MemoryReservation: number | undefined
  readonly MemorySwap: number | undefined
  readonly MemorySwappiness: number | undefined
  readonly PidsLimit: number | undefined
  readonly BlkioWeight: number | undefined
  readonly BlkioWeightDevice: readonly { readonly Path: string; readonly Weight: number }[] | undefined
  readonly BlkioDeviceReadBps: readonly EngineRate[] | undefined
  readonly BlkioDeviceWriteBps: readonly EngineRate[] | undefined
  readonly BlkioDeviceReadIOps: readonly EngineRate[] | undefined
  readonly BlkioDeviceWriteIOps: readonly EngineRate[] | undefined
  readonly Ulimits: readonly { readonly Name: string; readonly Soft: number; readonly Hard: number }[]
  readonly Sysctls: Readonly<Record<string, string>>
  readonly OomKillDisable: true | undefined
  readonly OomScoreAdj: number | undefined
  readonly ReadonlyRootfs: boolean
  readonly Privileged: boolean
  readonly CapAdd: readonly string[]
  readonly CapDrop: readonly string[]
  readonly SecurityOpt: readonly string[]
  /** Empty: no path is masked. */
  readonly MaskedPaths: readonly string[] | undefined
  readonly ReadonlyPaths: readonly string[] | undefined
  readonly GroupAdd: readonly string[]
  readonly PidMode: string | undefined
  readonly IpcMode: string | undefined
  readonly UTSMode: string | undefined
  readonly UsernsMode: string | undefined
  readonly CgroupnsMode: string | undefined
  readonly CgroupParent: string | undefined
  readonly Runtime: string | undefined
  readonly Init: boolean | undefined
  readonly RestartPolicy: { readonly Name: string; readonly MaximumRetryCount: number }
  readonly LogConfig: { readonly Type: string; readonly Config: Readonly<Record<string, string>> } | undefined
}

export interface PortBinding {
  readonly HostIp: string
  readonly HostPort: string
}

export interface EngineDevice {
  readonly PathOnHost: string
  readonly PathInContainer: string
  readonly CgroupPermissions: string
}

export interface EngineRate {
  readonly Path: string
  readonly Rate: number
}

export interface EngineMount {
  readonly Type: 'bind' | 'volume' | 'tmpfs'
  readonly Source: string | undefined
  readonly Target: string
  readonly ReadOnly: boolean
  readonly BindOptions?: { readonly Propagation: string }
  readonly VolumeOptions?: {
    readonly NoCopy: boolean
    readonly Labels: Readonly<Record<string, string>>
    readonly DriverConfig:
      | { readonly Name: string; readonly Options: Readonly<Record<string, string>> }
      | undefined
  }
  readonly TmpfsOptions?: { readonly SizeBytes: number | undefined; readonly Mode: number | undefined }
}

/** @param network name of the application's own network, for the services that stand on it */
export function renderHostConfig(service: Service, network: string): HostConfig {
  const { limits, security, namespaces, oom, blockIo, logging } = service
  const masked = security.unmaskedSystemPaths ? [] : undefined
  return {
    NetworkMode: service.network === 'application' ? network : service.network,
    PortBindings: renderPortBindings(service),
    Dns: service.dns.servers,
    DnsSearch: service.dns.search,
    DnsOptions: service.dns.options,
    ExtraHosts: service.extraHosts,
    Devices: service.devices.map((device) => ({
      PathOnHost: device.pathOnHost,
      PathInContainer: device.pathInContainer,
      CgroupPermissions: device.permissions,
    })),
    DeviceCgroupRules: service.deviceCgroupRules,
    Binds: service.mounts.flatMap(renderBind),
    Mounts: service.mounts.flatMap(renderMount),
    Tmpfs: service.tmpfs,
    StorageOpt: service.storageOptions,
    ShmSize: service.shmBytes,
    NanoCpus: limits.cpus === undefined ? undefined : Math.round(limits.cpus * 1e9),
    CpuShares: limits.cpuShares,
    CpuQuota: limits.cpuQuotaUs,
    CpuPeriod: limits.cpuPeriodUs,
    CpusetCpus: limits.cpuSet,
    Memory: limits.memoryBytes,
    MemoryReservation: limits.memoryReservationBytes,
    MemorySwap: limits.memorySwapBytes,
    MemorySwappiness: limits.memorySwappiness,
    PidsLimit: limits.pids,
    BlkioWeight: blockIo?.weight,
    BlkioWeightDevice: blockIo?.deviceWeights.map(({ path, rate }) => ({ Path: path, Weight: rate })),
    BlkioDeviceReadBps: blockIo?.readBytesPerSecond.map(renderRate),
    BlkioDeviceWriteBps: blockIo?.writeBytesPerSecond.map(renderRate),
    BlkioDeviceReadIOps: blockIo?.readsPerSecond.map(renderRate),
    BlkioDeviceWriteIOps: blockIo?.writesPerSecond.map(renderRate),
    Ulimits: service.ulimits.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })),
    Sysctls: service.sysctls,
    OomKillDisable: oom.killDisabled || undefined,
    OomScoreAdj: oom.scoreAdjustment,
    ReadonlyRootfs: service.readOnly,
    Privileged: service.privileged,
    CapAdd: service.capAdd,
    CapDrop: service.capDrop,
    SecurityOpt: security.options,
    MaskedPaths: masked,
    ReadonlyPaths: masked,
    GroupAdd: service.groups,
    PidMode: namespaces.pid,
    IpcMode: namespaces.ipc,
    UTSMode: namespaces.uts,
    UsernsMode: namespaces.user,
    CgroupnsMode: namespaces.cgroup,
    CgroupParent: service.cgroupParent,
    Runtime: service.runtime,
    Init: service.init,
    RestartPolicy: { Name: service.restart.condition, MaximumRetryCount: service.restart.maxAttempts },
    // Without a driver the Engine takes its default and keeps the options.
    LogConfig: logging === undefined ? undefined : { Type: logging.driver ?? '', Config: logging.options },
  }
}

function renderPortBindings({ ports }: Service): HostConfig['PortBindings'] {
  const bindings = new Map<string, PortBinding[]>()
  for (const { containerPort, protocol, hostIp = '', hostPorts } of ports) {
    const key = `${containerPort}/${protocol}`
    const range = hostPorts === undefined ? '' : `${hostPorts.first}-${hostPorts.last}`
    const port = hostPorts?.first === hostPorts?.last ? String(hostPorts?.first ?? '') : range
    bindings.set(key, [...(bindings.get(key) ?? []), { HostIp: hostIp, HostPort: port }])
  }
  return Object.fromEntries(bindings)
}

/** A path whose folder the Engine is to make; what it cannot say goes to {@link renderMount}. */
function renderBind(mount: Mount): readonly string[] {
  if (mount.kind !== 'bind' || !mount.createSource) return []
  const options = [mount.readOnly ? 'ro' : 'rw', mount.selinux, mount.propagation]
  return [`${mount.source}:${mount.target}:${options.filter((option) => option !== undefined).join(',')}`]
}

function renderMount(mount: Mount): readonly EngineMount[] {
  if (mount.kind === 'bind' && mount.createSource) return []
  const basics = { Target: mount.target, ReadOnly: mount.readOnly }
  if (mount.kind === 'bind') {
    const options = mount.propagation === undefined ? {} : { BindOptions: { Propagation: mount.propagation } }
    return [{ Type: 'bind', Source: mount.source, ...basics, ...options }]
  }
  if (mount.kind === 'tmpfs') {
    const options = { SizeBytes: mount.sizeBytes, Mode: mount.mode }
    return [{ Type: 'tmpfs', Source: undefined, ...basics, TmpfsOptions: options }]
  }
  const driver = mount.driver !== undefined || Object.keys(mount.driverOptions).length > 0
  const options = {
    NoCopy: mount.noCopy,
    Labels: mount.labels,
    DriverConfig: driver ? { Name: mount.driver ?? 'local', Options: mount.driverOptions } : undefined,
  }
  return [{ Type: 'volume', Source: mount.source, ...basics, VolumeOptions: options }]
}

function renderRate({ path, rate }: DeviceRate): EngineRate {
  return { Path: path, Rate: rate }
}
