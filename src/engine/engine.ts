// One Docker Engine, reached over a Unix socket: its own on this machine, or a device's over a forwarded one.
import { type CallOptions, EngineApi } from './api.ts'
import { Containers } from './containers.ts'
import { Images } from './images.ts'
import { Logs } from './logs.ts'
import { Networks } from './networks.ts'
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
  readonly containers: Containers
  readonly images: Images
  readonly logs: Logs
  readonly networks: Networks
  readonly volumes: Volumes
  readonly #api: EngineApi

  constructor({ socketPath, place }: EngineOptions) {
    this.#api = new EngineApi({ socketPath, place })
    this.containers = new Containers(this.#api)
    this.images = new Images(this.#api, place)
    this.logs = new Logs(this.#api)
    this.networks = new Networks(this.#api)
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

  /** Ends the sockets; calls under way fail. */
  close(): void {
    this.#api.close()
  }
}
