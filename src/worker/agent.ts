// The agent of a node: asks its instances, has hung ones killed, pauses what stands by, fetches images, reports to the manager.
import { CoapClient } from '../coap/client.ts'
import { transmissionParameters } from '../coap/transmission.ts'
import type { Engine } from '../engine/engine.ts'
import type { RegistryAuth } from '../engine/registry-auth.ts'
import type { Endpoint } from '../model/endpoint.ts'
import { ShoalError } from '../model/errors.ts'
import { DeviceKeeper, type DeviceKeeperOptions } from './agent/device-keeper.ts'
import { InstanceKeeper } from './agent/instance-keeper.ts'
import { LocalInstances } from './agent/local-instances.ts'
import { Prefetcher } from './agent/prefetcher.ts'
import { probeClient } from './agent/prober.ts'
import { Problems } from './agent/problems.ts'
import { mostUnderWay, Reporter } from './agent/reporter.ts'

export interface AgentOptions {
  readonly engine: Pick<Engine, 'containers' | 'events' | 'images'>
  /** Of the manager's CoAP server. */
  readonly manager: Endpoint
  /** Swarm's id of this node. */
  readonly nodeId: string
  readonly registryAuth: RegistryAuth | undefined
  /** How it looks at the devices of the node, and has them offered; left out: the node has none. */
  readonly devices?: Omit<DeviceKeeperOptions, 'onChange' | 'onProblem' | 'now'>
  /** A line for the agent's log. */
  readonly log: (line: string) => void
  /** Where the Engine keeps images; default /var/lib/docker. */
  readonly engineDataFolder?: string
  /** Milliseconds, monotonic: the node's clock may be wrong, and may be set. */
  readonly now?: () => number
  /** In [0, 1). */
  readonly random?: () => number
}

export class Agent {
  readonly #reports: CoapClient
  /** Of their own: probes must not wait for reports, nor the other way round. */
  readonly #probes: CoapClient
  readonly #locals: LocalInstances
  readonly #keeper: InstanceKeeper
  readonly #prefetcher: Prefetcher
  readonly #devices: DeviceKeeper | undefined
  readonly #reporter: Reporter
  #running: { readonly controller: AbortController; readonly ended: Promise<unknown> } | undefined

  constructor(options: AgentOptions) {
    const { engine, registryAuth, log, engineDataFolder = '/var/lib/docker' } = options
    const { manager, nodeId, now = () => performance.now(), random = Math.random } = options
    const problems = new Problems(now)
    const onProblem = (text: string): void => {
      if (problems.say(text)) log(text)
      this.#reporter.changed()
    }
    const onChange = (): void => this.#reporter.changed()
    this.#reports = new CoapClient({ parameters: transmissionParameters({ nstart: mostUnderWay }) })
    this.#probes = probeClient()
    this.#locals = new LocalInstances({
      engine,
      onList: (instances) => this.#keeper.see(instances),
      onTrouble: (error) => onProblem(`ask the Engine: ${messageOf(error)}`),
    })
    this.#keeper = new InstanceKeeper({
      containers: engine.containers,
      probes: this.#probes,
      onChange,
      onTouch: () => this.#locals.touch(),
      onProblem,
    })
    this.#prefetcher = new Prefetcher({
      images: engine.images,
      auth: registryAuth,
      dataFolder: engineDataFolder,
      onChange,
      onProblem,
    })
    this.#devices =
      options.devices === undefined
        ? undefined
        : new DeviceKeeper({ ...options.devices, onChange, onProblem, now })
    this.#reporter = new Reporter({
      client: this.#reports,
      manager,
      nodeId,
      session: Math.floor(random() * 2 ** 32),
      look: () => ({
        instances: this.#keeper.states,
        problems: problems.texts,
        missingImages: this.#prefetcher.missing,
        devices: this.#devices === undefined ? [] : this.#devices.reported,
      }),
      onOrders: ({ paused, stopped, images }) => {
        this.#keeper.order({ paused, stopped })
        this.#prefetcher.want(images)
      },
      log,
      now,
    })
  }

  /** Begins; nothing here waits for the manager, which may be away. */
  start(signal: AbortSignal): void {
    const controller = new AbortController()
    const stop = AbortSignal.any([signal, controller.signal])
    const ended = Promise.all([
      this.#locals.run(stop),
      this.#prefetcher.run(stop),
      this.#devices?.run(stop),
      this.#reporter.run(stop),
    ])
    this.#running = { controller, ended }
  }

  /** Ends every question and report; the instances go on as they are. */
  async stop(): Promise<void> {
    const running = this.#running
    this.#running = undefined
    running?.controller.abort()
    this.#keeper.stop()
    await running?.ended
    await Promise.all([this.#reports.stop(), this.#probes.stop()])
  }
}

function messageOf(error: unknown): string {
  if (error instanceof ShoalError) return error.reason
  return error instanceof Error ? error.message : String(error)
}
