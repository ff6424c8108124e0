// The Engine's containers: create, start, look at, wait for, rename, stop, remove.
import type { CallOptions, EngineApi } from './api.ts'
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
  readonly exitCode: number
  /** Whether the kernel killed it for want of memory. */
  readonly outOfMemory: boolean
  /** The Engine's own words when it could not be started. */
  readonly error: string
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy'
  readonly restarts: number
  readonly labels: Readonly<Record<string, string>>
  readonly tty: boolean
  readonly networkMode: string
  readonly ports: readonly PublishedPort[]
}

/** Limits of the calls. On a small board with a slow card, making and starting a container takes seconds. */
const limitsMs = Object.freeze({
  look: 20_000,
  create: 60_000,
  start: 120_000,
  stop: 60_000,
  remove: 120_000,
})

export class Containers {
  readonly #api: EngineApi

  constructor(api: EngineApi) {
    this.#api = api
  }

  /** Running or not, those that have all the labels: `name` or `name=value`. */
  async list(
    labels: readonly string[],
    { signal, deadlineMs = limitsMs.look }: CallOptions = {},
  ): Promise<ContainerSummary[]> {
    const answer = await this.#api.json({
      action: 'list',
      object: 'containers',
      method: 'GET',
      path: '/containers/json',
      query: { all: true, filters: { label: labels } },
      signal,
      deadlineMs,
    })
    return asArray(answer).map(asRecord).map(summaryOf)
  }

  /**
   * @param body as `renderContainer` writes it.
   * @returns id of the new container, and what the Engine warns of.
   */
  async create(
    name: string,
    body: object,
    {
      platform,
      signal,
      deadlineMs = limitsMs.create,
    }: CallOptions & { readonly platform?: string | undefined } = {},
  ): Promise<{ readonly id: string; readonly warnings: readonly string[] }> {
    const answer = asRecord(
      await this.#api.json({
        action: 'create',
        object: `container ${name}`,
        method: 'POST',
        path: '/containers/create',
        query: { name, platform },
        body,
        signal,
        deadlineMs,
      }),
    )
    return { id: asText(answer.Id), warnings: asArray(answer.Warnings).map(asText) }
  }

  /** Resolves when its first process runs; a container that runs already is left as it is. */
  async start(
    id: string,
    name: string,
    { signal, deadlineMs = limitsMs.start }: CallOptions = {},
  ): Promise<void> {
    await this.#api.json({
      action: 'start',
      object: `container ${name}`,
      method: 'POST',
      path: `/containers/${id}/start`,
      signal,
      deadlineMs,
    })
  }

  /** @returns undefined when there is no such container. */
  async inspect(
    id: string,
    { signal, deadlineMs = limitsMs.look }: CallOptions = {},
  ): Promise<ContainerDetails | undefined> {
    const answer = await this.#api.jsonIfAny({
      ...{
        action: 'inspect',
        object: `container ${id}`,
        method: 'GET',
        path: `/containers/${encodeURIComponent(id)}/json`,
      },
      signal,
      deadlineMs,
    })
    return answer === undefined ? undefined : detailsOf(asRecord(answer))
  }

  /** Resolves with the exit code when the container does not run (any more). */
  async wait(id: string, name: string, { signal, deadlineMs }: CallOptions = {}): Promise<number> {
    const answer = await this.#api.json({
      action: 'wait for',
      object: `container ${name}`,
      method: 'POST',
      path: `/containers/${id}/wait`,
      signal,
      deadlineMs,
    })
    return asNumber(asRecord(answer).StatusCode)
  }

  async rename(
    id: string,
    name: string,
    { signal, deadlineMs = limitsMs.look }: CallOptions = {},
  ): Promise<void> {
    await this.#api.json({
      ...{
        action: 'rename to',
        object: `container ${name}`,
        method: 'POST',
        path: `/containers/${id}/rename`,
        query: { name },
      },
      signal,
      deadlineMs,
    })
  }

  /** Asks it to end, and kills it after its own grace; one that does not run, or is gone, is done already. */
  async stop(
    id: string,
    name: string,
    { signal, deadlineMs = limitsMs.stop }: CallOptions = {},
  ): Promise<void> {
    await this.#api.jsonIfAny({
      action: 'stop',
      object: `container ${name}`,
      method: 'POST',
      path: `/containers/${id}/stop`,
      signal,
      deadlineMs,
    })
  }

  /** Kills it if it runs, removes it and its anonymous volumes; one that is gone, or is being removed (409), is done already. */
  async remove(
    id: string,
    name: string,
    { signal, deadlineMs = limitsMs.remove }: CallOptions = {},
  ): Promise<void> {
    await this.#api.jsonIfAny(
      {
        action: 'remove',
        object: `container ${name}`,
        method: 'DELETE',
        path: `/containers/${id}`,
        query: { force: true, v: true },
        signal,
        deadlineMs,
      },
      [404, 409],
    )
  }
}

function summaryOf(wire: WireRecord): ContainerSummary {
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

function detailsOf(wire: WireRecord): ContainerDetails {
  const state = asRecord(wire.State)
  const config = asRecord(wire.Config)
  const health = asText(asRecord(state.Health).Status)
  return {
    id: asText(wire.Id),
    name: asText(wire.Name).replace(/^\//, ''),
    imageId: asText(wire.Image),
    state: phaseOf(state.Status),
    exitCode: asNumber(state.ExitCode),
    outOfMemory: state.OOMKilled === true,
    error: asText(state.Error),
    health: health === 'starting' || health === 'healthy' || health === 'unhealthy' ? health : 'none',
    restarts: asNumber(wire.RestartCount),
    labels: asTextMap(config.Labels),
    tty: config.Tty === true,
    networkMode: asText(asRecord(wire.HostConfig).NetworkMode),
    ports: publishedPorts(asRecord(asRecord(wire.NetworkSettings).Ports)),
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
