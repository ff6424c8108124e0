// One instance of a service as the Docker Engine takes it: the name and the body of `POST /containers/create`, Engine API 1.41.
import { createHash } from 'node:crypto'
import type { Service } from './application.ts'
import { applicationNetwork } from './application-network.ts'
import { containerLabels } from './container-labels.ts'
import { type HostConfig, renderHostConfig } from './host-config.ts'
import { containerName, type Instance } from './instance.ts'

export interface ContainerSpec {
  /** Query parameter `name`. */
  readonly name: string
  /** Query parameter `platform`; left out: the device's own. */
  readonly platform: string | undefined
  readonly body: ContainerBody
}

/** What Shoal sends of it; a member without value does not reach the wire, and the Engine's default holds. */
export interface ContainerBody {
  readonly Image: string
  readonly Cmd: readonly string[] | undefined
  readonly Entrypoint: readonly string[] | undefined
  /** `NAME=VALUE` */
  readonly Env: readonly string[]
  readonly Labels: Readonly<Record<string, string>>
  readonly User: string | undefined
  readonly WorkingDir: string | undefined
  readonly Hostname: string | undefined
  readonly Domainname: string | undefined
  readonly Tty: boolean
  readonly OpenStdin: boolean
  readonly StopSignal: string | undefined
  /** Whole seconds. */
  readonly StopTimeout: number | undefined
  readonly Healthcheck: EngineHealthcheck | undefined
  /** `5683/udp` */
  readonly ExposedPorts: Readonly<Record<string, Record<string, never>>>
  readonly HostConfig: HostConfig
  readonly NetworkingConfig: EngineNetworking | undefined
}

/** Times in nanoseconds; 0 inherits what the image says. */
export interface EngineHealthcheck {
  readonly Test: readonly string[] | undefined
  readonly Interval: number | undefined
  readonly Timeout: number | undefined
  readonly StartPeriod: number | undefined
  readonly Retries: number | undefined
}

export interface EngineNetworking {
  readonly EndpointsConfig: Readonly<Record<string, { readonly Aliases: readonly string[] }>>
}

/** Renders one instance. The same service and instance give the same spec. */
export function renderContainer(service: Service, instance: Instance): ContainerSpec {
  const network = applicationNetwork(instance.application).name
  const body = renderBody(service, network)
  const hash = createHash('sha256')
    .update(JSON.stringify([body, service.platform]))
    .digest('hex')
  const labels = { ...service.labels, ...instance.labels, ...containerLabels(service, instance, hash) }
  return {
    name: containerName(service, instance),
    platform: service.platform,
    body: { ...body, Labels: labels },
  }
}

function renderBody(service: Service, network: string): ContainerBody {
  const { stopGraceMs } = service
  return {
    Image: service.image,
    Cmd: service.command,
    Entrypoint: service.entrypoint,
    Env: Object.entries(service.environment).map(([name, value]) => `${name}=${value}`),
    Labels: service.labels,
    User: service.user,
    WorkingDir: service.workingDir,
    Hostname: service.hostname,
    Domainname: service.domainName,
    Tty: service.tty,
    OpenStdin: service.stdinOpen,
    StopSignal: service.stopSignal,
    StopTimeout: stopGraceMs === undefined ? undefined : Math.ceil(stopGraceMs / 1000),
    Healthcheck: renderHealthcheck(service),
    ExposedPorts: renderExposedPorts(service),
    HostConfig: renderHostConfig(service, network),
    NetworkingConfig:
      service.network === 'application'
        ? { EndpointsConfig: { [network]: { Aliases: [service.name] } } }
        : undefined,
  }
}

function renderHealthcheck({ healthcheck }: Service): EngineHealthcheck | undefined {
  if (healthcheck === undefined) return undefined
  return {
    Test: healthcheck.test,
    Interval: toNanoseconds(healthcheck.intervalMs),
    Timeout: toNanoseconds(healthcheck.timeoutMs),
    StartPeriod: toNanoseconds(healthcheck.startPeriodMs),
    Retries: healthcheck.retries,
  }
}

/** The Engine refuses a time below 1 ms that is not 0, and 0 would be no time at all. */
function toNanoseconds(timeMs: number | undefined): number | undefined {
  return timeMs === undefined ? undefined : Math.round(timeMs * 1_000_000)
}

function renderExposedPorts({ ports, exposed }: Service): ContainerBody['ExposedPorts'] {
  return Object.fromEntries([
    ...ports.map(({ containerPort, protocol }) => [`${containerPort}/${protocol}`, {}]),
    ...exposed.map(({ port, protocol }) => [`${port}/${protocol}`, {}]),
  ])
}
