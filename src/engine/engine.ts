// One Docker Engine, reached over a Unix socket: its own on this machine, or a device's over a forwarded one.
import { type CallOptions, EngineApi } from './api.ts'
import { Configs } from './configs.ts'
import { Containers } from './containers.ts'
import { Distribution } from './distribution.ts'
import { Events } from './events.ts'
import { Images } from './images.ts'
import { type EngineInfo, infoOf } from './info.ts'
import { Logs } from './logs.ts'
import { Networks } from './networks.ts'
import { Nodes } from './nodes.ts'
import { Secrets } from './secrets.ts'
import { Services } from './services.ts'
import { Swarm } from './swarm.ts'
import { Tasks } from './tasks.ts'
import { Volumes } from './volumes.ts'
import { asRecord, asText } from './wire.ts'

export interface EngineOptions {
  readonly socketPath: string
  /** Which Engine this is, for error texts: a host's name, or `this machine`. */
  readonly place: string
}

export interface EngineVersion {
  /** Of the Engine: `20.10.24`. */
  readonly version: string
  readonly apiVersion: string
  /** As Go names it: `amd64`, `arm64`, `arm`. */
  readonly architecture: string
}

/** Every call throws ShoalError: what the Engine refused, or how the connection to it failed. */
export class Engine {
  readonly configs: Configs
  readonly containers: Containers
  readonly distribution: Distribution
  readonly events: Events
  readonly images: Images
  readonly logs: Logs
  readonly networks: Networks
  readonly nodes: Nodes
  readonly secrets: Secrets
  readonly services: Services
  readonly swarm: Swarm
  readonly tasks: Tasks
  readonly volumes: Volumes
  readonly #api: EngineApi

  constructor({ socketPath, place }: EngineOptions) {
    this.#api = new EngineApi({ socketPath, place })
    this.configs = new Configs(this.#api)
    this.containers = new Containers(this.#api)
    this.distribution = new Distribution(this.#api)
    this.events = new Events(this.#api)
    this.images = new Images(this.#api, place)
    this.logs = new Logs(this.#api)
    this.networks = new Networks(this.#api)
    this.nodes = new Nodes(this.#api)
    this.secrets = new Secrets(this.#api)
    this.services = new Services(this.#api)
    this.swarm = new Swarm(this.#api, place)
    this.tasks = new Tasks(this.#api)
    this.volumes = new Volumes(this.#api)
  }

  /** One round trip. */
  async ping({ signal, deadlineMs = 20_000 }: CallOptions = {}): Promise<void> {
    await this.#api.read(
      {
        action: 'reach',
        object: 'the Docker Engine',
        method: 'GET',
        path: '/_ping',
        signal,
        deadlineMs,
      },
      async (answer) => void answer.resume(),
    )
  }

  async version({ signal, deadlineMs = 20_000 }: CallOptions = {}): Promise<EngineVersion> {
    const answer = asRecord(
      await this.#api.json({
        action: 'ask the version of',
        object: 'the Docker Engine',
        method: 'GET',
        path: '/version',
        signal,
        deadlineMs,
      }),
    )
    return {
      version: asText(answer.Version),
      apiVersion: asText(answer.ApiVersion),
      architecture: asText(answer.Arch),
    }
  }

  async info({ signal, deadlineMs = 20_000 }: CallOptions = {}): Promise<EngineInfo> {
    const answer = await this.#api.json({
      action: 'ask about itself',
      object: 'the Docker Engine',
      method: 'GET',
      path: '/info',
      signal,
      deadlineMs,
    })
    return infoOf(asRecord(answer))
  }

  /** Ends the sockets; calls under way fail. */
  close(): void {
    this.#api.close()
  }
}
