// The edge manager: the one place that wires its parts, starts them in order, and stops them the other way round.
import { hostname } from 'node:os'
import { Announcement } from '../discovery/announcement.ts'
import { localAddresses } from '../discovery/interfaces.ts'
import { Engine } from '../engine/engine.ts'
import { RegistryClient } from '../image/registry-client.ts'
import type { ServiceView } from '../model/cluster/views.ts'
import { renderEndpoint } from '../model/endpoint.ts'
import { ShoalError } from '../model/errors.ts'
import { fingerprintPrefix } from '../model/join-token.ts'
import type { ManagerPorts } from '../model/manager-ports.ts'
import { renderSwarmService } from '../model/swarm-service.ts'
import type { SwarmServiceSpec } from '../model/swarm-service-spec.ts'
import type { DevicesOf } from '../placement/device-presence.ts'
import { Agent } from '../worker/agent.ts'
import { Activator } from './activator.ts'
import { CoapApi } from './api/coap/coap-api.ts'
import { HttpApi } from './api/http/http-api.ts'
import { MeteredActivator } from './api/http/metered-activator.ts'
import { Metrics } from './api/http/metrics.ts'
import type { ManagerStatus } from './api/http/parts.ts'
import { Catalogue } from './catalogue.ts'
import { DeviceBars } from './devices/device-bars.ts'
import { wantedBars } from './devices/plan-bars.ts'
import { addDirectoryResources } from './directory/add-directory-resources.ts'
import { Directory } from './directory/directory.ts'
import { entriesOf } from './directory/entries-of.ts'
import { EventLog } from './event-log.ts'
import { ImageResolver } from './image-resolver.ts'
import { JoinServer } from './join/join-server.ts'
import { KeyFolder } from './keys/key-folder.ts'
import { ManagerLock } from './manager-lock.ts'
import { Monitor } from './monitor/monitor.ts'
import { Registry } from './registry/registry.ts'
import { trustRegistry } from './registry/trust-registry.ts'
import { type Part, StartedParts } from './started-parts.ts'
import { ClusterView } from './swarm/cluster-view.ts'
import { Deployer } from './swarm/deployer.ts'
import { heartbeatMs, takeSwarm } from './take-swarm.ts'
import { serviceViews } from './views.ts'
import { wantedImages } from './wanted-images.ts'

export interface ManagerOptions {
  readonly socketPath: string
  readonly keyFolder: string
  /** Of the cluster's images; default: in the key folder. */
  readonly registryStorage?: string | undefined
  /** At which others reach this machine. */
  readonly address: string
  readonly runsServices: boolean
  readonly ports: ManagerPorts
  readonly version: string
  /** A line for the log. */
  readonly log: (line: string) => void
}

export class Manager {
  readonly #options: ManagerOptions
  readonly #parts = new StartedParts()
  #keys: KeyFolder | undefined

  constructor(options: ManagerOptions) {
    this.#options = options
  }

  /** For `worker join`, valid for so long. */
  issueToken(validMs: number): string {
    if (this.#keys === undefined) throw new Error('the manager has not started')
    return this.#keys.issueToken({ validMs, nowMs: Date.now() })
  }

  /** Throws ShoalError; nothing that it started then runs. */
  async start(signal: AbortSignal): Promise<void> {
    const { socketPath, keyFolder, address, ports, runsServices, log } = this.#options
    const lock = new ManagerLock(keyFolder)
    await this.#parts.start({ name: 'the lock', start: () => lock.take(), stop: () => lock.free() }, signal)
    const engine = new Engine({ socketPath, place: 'this machine' })
    await this.#parts.start(
      { name: 'the Engine', start: () => engine.ping({ signal }), stop: () => engine.close() },
      signal,
    )
    try {
      const names = [...new Set([address, ...localAddresses(), '127.0.0.1', hostname(), 'localhost'])]
      const keys = await KeyFolder.open(keyFolder, { names, nowMs: Date.now() })
      this.#keys = keys
      const swarm = await takeSwarm(engine, { address, runsServices }, signal)
      log(swarm.wasMade ? 'made a Swarm' : 'took the Swarm that is there')
      await this.#startParts({ engine, keys, nodeId: swarm.nodeId, clusterId: swarm.clusterId }, signal)
      log(
        `answers: CoAP ${renderEndpoint({ host: address, port: ports.coap })}, HTTP http://${address}:${ports.http}`,
      )
    } catch (error) {
      await this.#parts.stop()
      throw error
    }
  }

  /** Services go on; nothing of the manager is left: no socket, no process. */
  async stop(): Promise<void> {
    await this.#parts.stop()
  }

  async #startParts(
    {
      engine,
      keys,
      nodeId,
      clusterId,
    }: {
      readonly engine: Engine
      readonly keys: KeyFolder
      readonly nodeId: string
      readonly clusterId: string
    },
    signal: AbortSignal,
  ): Promise<void> {
    const { address, ports, registryStorage, version, log } = this.#options
    const startedAtMs = Date.now()
    const events = new EventLog()
    events.follow(({ kind, subject, text }) => log(`${kind} ${subject}: ${text}`))
    const registry = new Registry({
      keys,
      address,
      port: ports.registry,
      storageFolder: registryStorage,
      onChange: (state, reason) =>
        events.add({
          kind: state === 'up' ? 'registry-up' : 'registry-down',
          subject: 'registry',
          text: reason,
        }),
    })
    await this.#parts.start(part('the registry', registry), signal)
    await trustRegistry(registry)
    const client = new RegistryClient({
      baseUrl: `https://127.0.0.1:${ports.registry}`,
      ...keys.registry,
      authorityPem: keys.authorityPem,
    })
    const view = new ClusterView({
      engine,
      onTrouble: (error) => log(`Swarm does not answer: ${messageOf(error)}`),
    })
    await this.#parts.start(part('the view of the cluster', view), signal)
    const images = new ImageResolver({ client, authority: registry.authority, engine })
    const catalogue = new Catalogue({ engine, events })
    await this.#parts.start(part('the catalogue', catalogue), signal)
    const monitor: Monitor = new Monitor({
      engine,
      view,
      events,
      wantedImages: (snapshot) =>
        wantedImages(snapshot, [
          ...snapshot.services.filter(({ application }) => application !== undefined).map(({ spec }) => spec),
          ...catalogueSpecs(catalogue, images),
        ]),
    })
    const views = (): readonly ServiceView[] => serviceViews(view.snapshot(), monitor)
    const devicesOf: DevicesOf = (node) => monitor.devicesOf(node)
    const heardDevices: DevicesOf = (node) =>
      monitor.hasAgent(node) && !monitor.isAway(node) ? monitor.devicesOf(node) : undefined
    const deployer = new Deployer({
      engine,
      view,
      images,
      auth: registry.auth,
      events,
      views,
      devicesOf,
      barsFor: (spec, serviceId) => wantedBars(spec, serviceId, view.snapshot(), heardDevices),
    })
    const activator = new Activator({
      engine,
      view,
      views,
      catalogue,
      deployer,
      events,
      applyCounts: (serviceId, active) => monitor.applyCounts(serviceId, active),
      devicesOf,
    })
    await this.#parts.start(part('the monitor', monitor), signal)
    await this.#parts.start(part('the deployer', deployer), signal)
    const bars = new DeviceBars({
      engine,
      view,
      devicesOf: heardDevices,
      onChange: (listener) => monitor.onChange(listener),
    })
    await this.#parts.start(part('the bars of absent devices', bars), signal)
    // What may be asked for by name alone should be on the nodes before it is.
    const resolveCatalogue = () =>
      void resolveImages(catalogue, images, signal, log).then(() => monitor.refresh())
    const unlisten = catalogue.onChange(resolveCatalogue)
    await this.#parts.start(
      { name: 'the catalogue’s images', start: resolveCatalogue, stop: unlisten },
      signal,
    )
    const metrics = new Metrics({
      version,
      snapshot: () => view.snapshot(),
      views,
      liveness: monitor,
      silenceMs: (node) => monitor.silenceMs(node),
      registryState: () => registry.state,
      events,
    })
    await this.#parts.start(part('the metrics', metrics), signal)
    const metered = new MeteredActivator(activator, metrics)
    const prefix = fingerprintPrefix(keys.fingerprint)
    const directory = new Directory({
      published: {
        entries: () => entriesOf(views()),
        onChange: (listener) => monitor.onChange(listener),
      },
    })
    const coap = new CoapApi({
      desk: {
        views,
        catalogueNames: () => catalogue.list().map(({ name }) => name),
        onChange: (listener) => monitor.onChange(listener),
        activate: (name, options) => metered.activate(name, options),
        deactivate: (name, options) => metered.deactivate(name, options),
      },
      monitor,
      about: { fp: prefix, http: String(ports.http), join: String(ports.join) },
      port: ports.coap,
      interfaces: localAddresses,
      extend: (router) => addDirectoryResources(router, directory),
      onHandlerError: (error) => log(`a CoAP handler failed: ${messageOf(error)}`),
    })
    await this.#parts.start(part('CoAP', coap), signal)
    const join = new JoinServer({
      keys,
      engine,
      registry,
      events,
      address,
      port: ports.join,
      coapUri: renderEndpoint({ host: address, port: ports.coap }),
      onLeft: (left) => monitor.forget(left),
    })
    await this.#parts.start(part('the door for devices', join), signal)
    const status = (): ManagerStatus => ({
      name: hostname(),
      version,
      address,
      startedAtMs,
      ports: { coap: ports.coap, http: ports.http, join: ports.join },
      clusterId,
      heartbeatMs,
      registry: { state: registry.state, address: registry.authority },
    })
    const http = new HttpApi({
      port: ports.http,
      parts: {
        status,
        view,
        views,
        liveness: monitor,
        deployer,
        catalogue,
        activator: metered,
        events,
        logs: (serviceId, options) => engine.services.logs(serviceId, options),
        registry: { authority: registry.authority, authorityPem: registry.authorityPem, ...keys.registry },
        metrics,
        onBug: (error, request) => log(`${request} failed: ${messageOf(error)}`),
      },
    })
    await this.#parts.start(part('HTTP', http), signal)
    const announcement = new Announcement({
      name: hostname(),
      address,
      coapPort: ports.coap,
      httpPort: ports.http,
      joinPort: ports.join,
      fingerprintPrefix: prefix,
    })
    await this.#parts.start(part('the announcement', announcement), signal)
    await this.#startAgent(engine, nodeId, registry, view, signal)
  }

  /** On this machine too, where services run on it: in this process, and through its CoAP like any other. */
  async #startAgent(
    engine: Engine,
    nodeId: string,
    registry: Registry,
    view: ClusterView,
    signal: AbortSignal,
  ): Promise<void> {
    const { ports, log } = this.#options
    const self = view.snapshot().nodes.find(({ id }) => id === nodeId)
    if (self === undefined || self.availability === 'drain') return
    const agent = new Agent({
      engine,
      manager: { host: '127.0.0.1', port: ports.coap },
      nodeId,
      registryAuth: registry.auth,
      log,
    })
    await this.#parts.start(part('the agent of this machine', agent), signal)
  }
}

function part(name: string, of: { start(signal: AbortSignal): unknown; stop(): unknown }): Part {
  return { name, start: (signal) => of.start(signal), stop: () => of.stop() }
}

function catalogueSpecs(catalogue: Catalogue, images: ImageResolver): readonly SwarmServiceSpec[] {
  return catalogue.list().flatMap(({ application }) =>
    application.services.flatMap((service) => {
      const known = images.known(service.image)
      return known === undefined
        ? []
        : [
            renderSwarmService(application, service, {
              ...known,
              secretIds: new Map(),
              configIds: new Map(),
            }),
          ]
    }),
  )
}

async function resolveImages(
  catalogue: Catalogue,
  images: ImageResolver,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<void> {
  const references = new Set(
    catalogue.list().flatMap(({ application }) => application.services.map(({ image }) => image)),
  )
  for (const reference of references) {
    if (signal.aborted) return
    await images.resolve(reference, signal).catch((error: unknown) => {
      if (!signal.aborted) log(`image of the catalogue: ${messageOf(error)}`)
    })
  }
}

function messageOf(error: unknown): string {
  if (error instanceof ShoalError) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
