// Activation by name: from the request to the first CoAP answer, and back.

import { waitForAnswer } from '../coap/wait-for-answer.ts'
import type { Engine } from '../engine/engine.ts'
import type { ClusterInstance } from '../model/cluster/instance.ts'
import { clusterLabel } from '../model/cluster/labels.ts'
import type { ClusterService } from '../model/cluster/service.ts'
import type { ServiceView } from '../model/cluster/views.ts'
import { type Endpoint, renderEndpoint } from '../model/endpoint.ts'
import { ShoalError } from '../model/errors.ts'
import { pause } from '../model/pause.ts'
import { nearestKey } from '../model/problems.ts'
import { explainService } from '../placement/explain-service.ts'
import type { Catalogue, CatalogueEntry } from './catalogue.ts'
import type { EventLog } from './event-log.ts'
import { instanceEndpoint } from './instance-endpoint.ts'
import type { ClusterView } from './swarm/cluster-view.ts'
import { type Deployer, unknownService } from './swarm/deployer.ts'
import { coapNameOf, isWanted, wantedActive, wantedStandby } from './views.ts'

export interface Activation {
  readonly name: string
  readonly endpoint: Endpoint
  /** Whether an instance answered already. */
  readonly wasActive: boolean
  /** Milliseconds by phase: schedule (until a node is chosen), create, start, ready. */
  readonly phasesMs: Readonly<Record<string, number>>
  readonly activationMs: number
}

export interface ActivatorOptions {
  readonly engine: Pick<Engine, 'services' | 'tasks'>
  readonly view: ClusterView
  readonly views: () => readonly ServiceView[]
  readonly catalogue: Catalogue
  readonly deployer: Deployer
  readonly events: EventLog
  /** Makes the agents act on what changed just now, before Swarm is asked again. */
  readonly applyCounts: (serviceId: string, active: number) => Promise<void>
}

const defaultDeadlineMs = 60_000
/** Between two looks at the instances: part of every activation. */
const lookEveryMs = 12
/** A waiting instance is refused for good when Swarm has said so for this long. */
const refusedForMs = 400

export class Activator {
  readonly #options: ActivatorOptions
  readonly #flights = new Map<string, Promise<Activation>>()

  constructor(options: ActivatorOptions) {
    this.#options = options
  }

  /**
   * @param name an application, whose front service is meant, or `APPLICATION.SERVICE`
   * @throws ShoalError SERVICE_UNKNOWN, UNPLACEABLE, IMAGE_UNKNOWN, ACTIVATION_TIMEOUT
   */
  async activate(
    name: string,
    {
      signal,
      deadlineMs = defaultDeadlineMs,
    }: { readonly signal: AbortSignal; readonly deadlineMs?: number },
  ): Promise<Activation> {
    const answering = this.#answering(name)
    if (answering !== undefined)
      return { name, endpoint: answering, wasActive: true, phasesMs: {}, activationMs: 0 }
    // All who ask for it at once share one activation; it goes on when one of them goes away.
    const known = this.#flights.get(name)
    const flight = known ?? this.#fly(name, deadlineMs).finally(() => this.#flights.delete(name))
    if (known === undefined) {
      this.#flights.set(name, flight)
      flight.catch(() => {})
    }
    return await raceSignal(flight, signal)
  }

  /** Gives it back: what was declared with a standby stands by again, all else is removed. Throws ShoalError SERVICE_UNKNOWN. */
  async deactivate(name: string, { signal }: { readonly signal: AbortSignal }): Promise<void> {
    const { view, deployer, events, catalogue } = this.#options
    const service = findService(view.snapshot().services, name)
    if (service === undefined) {
      // In the catalogue and not there is what was asked for.
      if (catalogue.find(applicationOf(name)) !== undefined) return
      throw this.#unknown(name)
    }
    const application = service.application ?? ''
    if (wantedStandby(service) > 0) {
      await deployer.setActive(application, service.name, 0, { signal })
      await this.#options.applyCounts(service.id, 0)
    } else {
      await deployer.remove(application, { signal })
    }
    events.add({ kind: 'service-deactivated', subject: name, text: 'a client gave it back' })
  }

  #answering(name: string): Endpoint | undefined {
    const view = this.#options.views().find((each) => each.name === name)
    return view?.instances.find(({ state }) => state === 'answering')?.endpoint
  }

  async #fly(name: string, deadlineMs: number): Promise<Activation> {
    const startedAtMs = performance.now()
    const { events } = this.#options
    const deadline = AbortSignal.timeout(deadlineMs)
    const { serviceId, wasMade } = await this.#makeWanted(name, deadline)
    const phases = new Phases(startedAtMs)
    try {
      const endpoint = await this.#firstAnswer(name, serviceId, phases, deadline)
      const activationMs = performance.now() - startedAtMs
      events.add({
        kind: 'service-activated',
        subject: name,
        text: `answers at ${renderEndpoint(endpoint)} after ${activationMs.toFixed(0)} ms`,
      })
      return { name, endpoint, wasActive: false, phasesMs: phases.read(), activationMs }
    } catch (error) {
      // What cannot run is not left behind to wait for ever: nobody but this activation asked for it.
      if (wasMade && error instanceof ShoalError && error.code === 'UNPLACEABLE')
        await this.#options.deployer
          .remove(applicationOf(name), { signal: AbortSignal.timeout(deadlineMs) })
          .catch(() => {})
      throw error
    }
  }

  /** Sees to it that Swarm wants an active instance. @returns whether the application was made for it */
  async #makeWanted(
    name: string,
    signal: AbortSignal,
  ): Promise<{ readonly serviceId: string; readonly wasMade: boolean }> {
    const { view, catalogue, deployer, engine, applyCounts } = this.#options
    const service = findService(view.snapshot().services, name)
    if (service !== undefined) {
      if (wantedActive(service) > 0 || service.spec.Mode.Global !== undefined)
        return { serviceId: service.id, wasMade: false }
      // The agents are told first, Swarm then fills up what is on standby: the client waits for the first alone.
      const told = applyCounts(service.id, 1)
      const counted = deployer.setActive(service.application ?? '', service.name, 1, { signal })
      counted.catch(() => {})
      await told
      if (wantedStandby(service) === 0) await counted
      return { serviceId: service.id, wasMade: false }
    }
    const entry: CatalogueEntry | undefined = catalogue.find(applicationOf(name))
    if (entry === undefined) throw this.#unknown(name)
    await deployer.deployApplication(entry.application, { signal, wait: false })
    const made = findService(
      await engine.services.list([`${clusterLabel.stack}=${entry.name}`], { signal }),
      name,
    )
    if (made === undefined) throw this.#unknown(name)
    return { serviceId: made.id, wasMade: true }
  }

  /** Follows the instances of the service until one of them answers CoAP. */
  async #firstAnswer(
    name: string,
    serviceId: string,
    phases: Phases,
    deadline: AbortSignal,
  ): Promise<Endpoint> {
    const { engine, view } = this.#options
    const found = new AbortController()
    const stop = AbortSignal.any([deadline, found.signal])
    const asked = new Map<string, Promise<void>>()
    let answer: Endpoint | undefined
    let service = view.snapshot().services.find(({ id }) => id === serviceId)
    let refusedSinceMs: number | undefined
    try {
      while (answer === undefined && !deadline.aborted) {
        const instances = (await engine.tasks.list({ serviceId }, { signal: deadline })).filter(isWanted)
        service ??= await engine.services.inspect(serviceId, { signal: deadline })
        if (service === undefined) throw this.#unknown(name)
        phases.see(instances)
        for (const instance of instances) {
          const endpoint = this.#endpointOf(instance, service)
          if (endpoint === undefined || asked.has(instance.id)) continue
          const path = service.spec.Labels?.[clusterLabel.coapPath] ?? '/.well-known/core'
          const asking = waitForAnswer(`${renderEndpoint(endpoint)}${path}`, stop).then((answered) => {
            if (!answered || answer !== undefined) return
            answer = endpoint
            phases.ready()
            found.abort()
          })
          asked.set(instance.id, asking)
        }
        if (this.#isRefused(instances)) {
          refusedSinceMs ??= performance.now()
          if (performance.now() - refusedSinceMs > refusedForMs)
            throw await this.#unplaceable(name, serviceId)
        } else refusedSinceMs = undefined
        if (!speaksCoap(service) && instances.some(({ state }) => state === 'running')) throw noCoap(name)
        await pause(lookEveryMs, stop)
      }
    } catch (error) {
      if (!deadline.aborted) throw error
    } finally {
      found.abort()
      await Promise.all(asked.values())
    }
    if (answer !== undefined) {
      // What the client asks next is answered from what it was just told.
      await view.refresh().catch(() => {})
      return answer
    }
    throw await this.#late(name, serviceId, phases)
  }

  #endpointOf(instance: ClusterInstance, service: ClusterService): Endpoint | undefined {
    if (instance.state !== 'running') return undefined
    const node = this.#options.view.snapshot().nodes.find(({ id }) => id === instance.nodeId)
    return instanceEndpoint(instance, service, node)
  }

  #isRefused(instances: readonly ClusterInstance[]): boolean {
    return (
      instances.length > 0 &&
      instances.every(({ state, error }) => (state === 'pending' || state === 'new') && error !== '')
    )
  }

  async #unplaceable(name: string, serviceId: string): Promise<ShoalError> {
    const snapshot = await this.#options.view.refresh()
    const service = snapshot.services.find(({ id }) => id === serviceId)
    const reason = service === undefined ? 'it is gone' : explainService(service, snapshot).brief()
    return new ShoalError('UNPLACEABLE', {
      action: 'activate',
      object: name,
      reason,
      nextStep: `shoal explain ${name.replace('.', '/')} tells it node by node`,
    })
  }

  async #late(name: string, serviceId: string, phases: Phases): Promise<ShoalError> {
    const { instances } = this.#options.view.snapshot()
    const failed = instances
      .filter((instance) => instance.serviceId === serviceId && instance.error !== '')
      .sort((a, b) => b.changedAtMs - a.changedAtMs)[0]
    return new ShoalError('ACTIVATION_TIMEOUT', {
      action: 'activate',
      object: name,
      reason: `no answer in time; it got as far as ${phases.last()}${failed === undefined ? '' : `: ${failed.error}`}`,
      nextStep: 'shoal ps and shoal logs show more',
    })
  }

  #unknown(name: string): ShoalError {
    const { catalogue, views } = this.#options
    const names = [...views().map((view) => view.name), ...catalogue.list().map((entry) => entry.name)]
    const nearest = nearestKey(name, names)
    return unknownService(
      name.slice(0, 64),
      nearest === undefined
        ? 'neither the cluster nor its catalogue has one of that name'
        : `there is none of that name; did you mean ${nearest}?`,
    )
  }
}

/** When each phase ended, from the states of the first instance to get there. */
class Phases {
  readonly #startedAtMs: number
  readonly #endedAtMs = new Map<string, number>()

  constructor(startedAtMs: number) {
    this.#startedAtMs = startedAtMs
  }

  see(instances: readonly ClusterInstance[]): void {
    for (const { state } of instances) {
      if (state !== 'new' && state !== 'pending') this.#end('schedule')
      if (state === 'starting' || state === 'running') this.#end('create')
      if (state === 'running') this.#end('start')
    }
  }

  ready(): void {
    for (const phase of ['schedule', 'create', 'start', 'ready']) this.#end(phase)
  }

  /** The last phase that ended. */
  last(): string {
    return [...this.#endedAtMs.keys()].at(-1) ?? 'asking Swarm for it'
  }

  read(): Readonly<Record<string, number>> {
    let before = this.#startedAtMs
    const phases: Record<string, number> = {}
    for (const [phase, at] of this.#endedAtMs) {
      phases[phase] = at - before
      before = at
    }
    return phases
  }

  #end(phase: string): void {
    if (!this.#endedAtMs.has(phase)) this.#endedAtMs.set(phase, performance.now())
  }
}

/** The service that a name of CoAP's means. */
export function findService(services: readonly ClusterService[], name: string): ClusterService | undefined {
  return (
    services.find((service) => service.application !== undefined && coapNameOf(service) === name) ??
    services.find(
      ({ application, name: service }) => application !== undefined && `${application}.${service}` === name,
    )
  )
}

/** `greenhouse.climate` → `greenhouse`: application names have no dot. */
function applicationOf(name: string): string {
  return name.split('.', 1)[0] ?? name
}

function speaksCoap({ spec }: ClusterService): boolean {
  return spec.Labels?.[clusterLabel.coapPort] !== undefined
}

function noCoap(name: string): ShoalError {
  return new ShoalError('ACTIVATION_TIMEOUT', {
    action: 'activate',
    object: name,
    reason: 'it runs, but does not speak CoAP: there is no endpoint to tell',
    nextStep: 'publish its CoAP port, or name it with x-shoal.coap.port',
  })
}

/** The caller stops waiting when its signal comes; the work goes on. */
async function raceSignal<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) throw signal.reason
  let stop: () => void = () => {}
  const gone = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([work, gone])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
