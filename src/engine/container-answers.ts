// What the Engine says of a container: in a list, and asked for one.
import { asArray, asNumber, asRecord, asText, asTextMap, type WireRecord } from './wire.ts'

/** One container in a list. */
export interface ContainerSummary {
  readonly id: string
  readonly name: string
  /** The reference that it was created from, or an image id. */
  readonly image: string
  readonly imageId: string
  readonly state: ContainerPhase
  /** `Up 3 minutes`, `Exited (1) 2 hours ago`. */
  readonly status: string
  readonly createdAtMs: number
  readonly labels: Readonly<Record<string, string>>
  readonly networkMode: string
  readonly ports: readonly PublishedPort[]
}

export type ContainerPhase =
  | 'created'
  | 'running'
  | 'paused'
  | 'restarting'
  | 'removing'
  | 'exited'
  | 'dead'
  | 'unknown'

/** A port of the container that answers on the device. */
export interface PublishedPort {
  readonly containerPort: number
  readonly protocol: string
  readonly hostIp: string
  readonly hostPort: number
}

export interface ContainerDetails {
  readonly id: string
  readonly name: string
  readonly imageId: string
  readonly state: ContainerPhase
  /** Of its first process, in the Engine's own process namespace; 0 where none runs. */
  readonly pid: number
  readonly exitCode: number
  /** Whether the kernel killed it for want of memory. */
  readonly outOfMemory: boolean
  /** The Engine's own words when it could not be started. */
  readonly error: string
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy'
  readonly restarts: number
  readonly labels: Readonly<Record<string, string>>
  /** `NAME=VALUE`, the image's own too. */
  readonly environment: readonly string[]
  /** As the image or its settings say it: a name or a number, a group after a colon; empty is root. */
  readonly user: string
  readonly tty: boolean
  readonly networkMode: string
  readonly ports: readonly PublishedPort[]
  /** That it is run with, whatever the Engine's default is by now. */
  readonly runtime: string
}

/** From an entry of `GET /containers/json`. */
export function summaryOf(wire: WireRecord): ContainerSummary {
  return {
    id: asText(wire.Id),
    name: asText(asArray(wire.Names)[0]).replace(/^\//, ''),
    image: asText(wire.Image),
    imageId: asText(wire.ImageID),
    state: phaseOf(wire.State),
    status: asText(wire.Status),
    createdAtMs: asNumber(wire.Created) * 1000,
    labels: asTextMap(wire.Labels),
    networkMode: asText(asRecord(wire.HostConfig).NetworkMode),
    ports: asArray(wire.Ports)
      .map(asRecord)
      .filter((port) => asNumber(port.PublicPort) > 0)
      .map((port) => ({
        containerPort: asNumber(port.PrivatePort),
        protocol: asText(port.Type),
        hostIp: asText(port.IP),
        hostPort: asNumber(port.PublicPort),
      })),
  }
}

/** From `GET /containers/ID/json`. */
export function detailsOf(wire: WireRecord): ContainerDetails {
  const state = asRecord(wire.State)
  const config = asRecord(wire.Config)
  const health = asText(asRecord(state.Health).Status)
  return {
    id: asText(wire.Id),
    name: asText(wire.Name).replace(/^\//, ''),
    imageId: asText(wire.Image),
    state: phaseOf(state.Status),
    pid: asNumber(state.Pid),
    exitCode: asNumber(state.ExitCode),
    outOfMemory: state.OOMKilled === true,
    error: asText(state.Error),
    health: health === 'starting' || health === 'healthy' || health === 'unhealthy' ? health : 'none',
    restarts: asNumber(wire.RestartCount),
    labels: asTextMap(config.Labels),
    environment: asArray(config.Env).map(asText),
    user: asText(config.User),
    tty: config.Tty === true,
    networkMode: asText(asRecord(wire.HostConfig).NetworkMode),
    ports: publishedPorts(asRecord(asRecord(wire.NetworkSettings).Ports)),
    runtime: asText(asRecord(wire.HostConfig).Runtime),
  }
}

/** `{"5683/udp": [{"HostIp": "0.0.0.0", "HostPort": "49153"}], "80/tcp": null}` */
function publishedPorts(ports: WireRecord): PublishedPort[] {
  return Object.entries(ports).flatMap(([key, bindings]) => {
    const [port = '', protocol = 'tcp'] = key.split('/')
    return asArray(bindings)
      .map(asRecord)
      .map((binding) => ({
        containerPort: Number(port),
        protocol,
        hostIp: asText(binding.HostIp),
        hostPort: Number(asText(binding.HostPort)),
      }))
  })
}

const phases: readonly ContainerPhase[] = [
  'created',
  'running',
  'paused',
  'restarting',
  'removing',
  'exited',
  'dead',
]

function phaseOf(value: unknown): ContainerPhase {
  return phases.find((phase) => phase === value) ?? 'unknown'
}
