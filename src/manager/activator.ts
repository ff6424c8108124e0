// Activation by name: from the request to the first CoAP answer, and back.
import type { Engine } from '../engine/engine.ts'
import { clusterLabel } from '../model/cluster/labels.ts'
import type { ClusterService } from '../model/cluster/service.ts'
import type { ServiceView } from '../model/cluster/views.ts'
import { type Endpoint, renderEndpoint } from '../model/endpoint.ts'
import { ShoalError } from '../model/errors.ts'
import { nearestKey } from '../model/problems.ts'
import { frontService } from '../model/swarm-service.ts'
import { unlessAborted } from '../model/unless-aborted.ts'
import type { DevicesOf } from '../placement/device-presence.ts'
import { explainBriefly } from '../placement/explain.ts'
import { explainService } from '../placement/explain-service.ts'
import { judgeNodes } from '../placement/judge-nodes.ts'
import { requirementsOf } from '../placement/requirements.ts'
import { ActivationPhases } from './activation-phases.ts'
import type { Catalogue, CatalogueEntry } from './catalogue.ts'
import type { EventLog } from './event-log.ts'
import { type FirstAnswer, type FollowedService, firstAnswer } from './first-answer.ts'
import type { ClusterView } from './swarm/cluster-view.ts'
import { type Deployer, unknownService } from './swarm/deployer.ts'
import { coapNameOf, wantedActive, wantedStandby } from './views.ts'

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
  readonly catalogue: Pick<Catalogue, 'find' | 'list'>
  readonly deployer: Deployer
  readonly events: EventLog
  /** Makes the agents act on a number just now, before Swarm is asked. */
  readonly applyCounts: (serviceId: string, active: number) => Promise<void>
  readonly devicesOf: DevicesOf
}

/** What was done so that Swarm wants an instance, and what takes it back. */
interface Wanted {
  readonly service: FollowedService
  /** Of the catalogue, where it was deployed from there just now. */
  readonly entry?: CatalogueEntry
  readonly takeBack: () => Promise<unknown>
}

const defaultDeadlineMs = 60_000
const takeBackLimitMs = 30_000
/** What is gone so soon after it was asked for was on its way out then. */
const backingOutMs = 1000
/** Names come from clients: no longer part of one is repeated to them. */
const mostCharacters = 64

export class Activator {
  readonly #options: ActivatorOptions
  readonly #flights = new Map<string, Promise<Activation>>()

  constructor(options: ActivatorOptions) {
    this.#options = options
  }

  /**
   * @param name an application, whose front service is meant, or `APPLICATION.SERVICE`
   * @throws ShoalError SERVICE_UNKNOWN, UNPLACEABLE, IMAGE_UNKNOWN, REGISTRY_DOWN, ACTIVATION_TIMEOUT; the signal's reason: the activation
   * itself then goes on
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
    // All who ask for it at once share one activation.
    const known = this.#flights.get(name)
    const flight = known ?? this.#fly(name, deadlineMs).finally(() => this.#flights.delete(name))
    if (known === undefined) {
      this.#flights.set(name, flight)
      flight.catch(() => {})
    }
    return await unlessAborted(flight, signal)
  }

  /**
   * Gives it back: what was declared with a standby stands by again, a service behind the front of its application is scaled to none, all else is
   * removed. Throws ShoalError SERVICE_UNKNOWN.
   */
  async deactivate(name: string, { signal }: { readonly signal: AbortSignal }): Promise<void> {
    const { view, deployer, events, catalogue, applyCounts } = this.#options
    const service =
      findService(view.snapshot().services, name) ??
      findService((await view.refresh({ signal })).services, name)
    if (service === undefined) {
      // In the catalogue and not there is what was asked for.
      if (serviceOfEntry(catalogue.find(applicationOf(name)), name) !== undefined) return
      throw this.#unknown(name)
    }
    const application = service.application ?? ''
    const isFront = service.spec.Labels?.[clusterLabel.front] === '1'
    const isGlobal = service.spec.Mode.Global !== undefined
    if (!isGlobal && (wantedStandby(service) > 0 || !isFront)) {
      await applyCounts(service.id, 0)
      await deployer.setActive(application, service.name, 0, { signal })
    } else {
      await deployer.remove(application, { signal })
    }
    events.add({ kind: 'service-deactivated', subject: name, text: 'a client gave it back' })
  }

  #answering(name: string): Endpoint | undefined {
    const view = this.#options
      .views()
      .find((each) => each.name === name || `${each.application}.${each.service}` === name)
    return view?.instances.find(({ state }) => state === 'answering')?.endpoint
  }

  async #fly(name: string, deadlineMs: number): Promise<Activation> {
    const { events, engine, view, deployer } = this.#options
    const phases = new ActivationPhases(performance.now())
    const deadline = AbortSignal.timeout(deadlineMs)
    let wanted: Wanted | undefined
    try {
      wanted = await this.#want(name, deadline)
      const follow = (service: FollowedService): Promise<FirstAnswer> =>
        firstAnswer(service, {
          engine,
          nodes: () => view.snapshot().nodes,
          signal: deadline,
          onLook: (instances) => phases.see(instances),
        })
      let answer = await follow(wanted.service)
      if (answer.kind === 'gone' && wanted.entry === undefined && phases.totalMs() < backingOutMs) {
        // Somebody else was just giving it back, and the view did not show that yet.
        await view.refresh({ signal: deadline })
        wanted = await this.#want(name, deadline)
        answer = await follow(wanted.service)
      }
      if (answer.kind !== 'answered') throw this.#failure(name, wanted.service, answer, phases, deadlineMs)
      phases.ready()
      const activationMs = phases.totalMs()
      events.add({
        kind: 'service-activated',
        subject: name,
        text: `answers at ${renderEndpoint(answer.endpoint)} after ${activationMs.toFixed(0)} ms`,
      })
      // What the client asks next is answered from what it was just told.
      await view.refresh({ signal: deadline }).catch(() => {})
      if (wanted.entry !== undefined) deployer.renewImages(wanted.entry.application)
      return { name, endpoint: answer.endpoint, wasActive: false, phasesMs: phases.read(), activationMs }
    } catch (error) {
      // What cannot run is not left behind to wait for ever: nobody but this activation asked for it.
      if (wanted !== undefined && error instanceof ShoalError && error.code === 'UNPLACEABLE')
        await wanted.takeBack().catch(() => {})
      if (deadline.aborted && !(error instanceof ShoalError)) throw late(name, deadlineMs, phases, undefined)
      throw error
    }
  }

  /** Sees to it that Swarm wants an active instance. */
  async #want(name: string, signal: AbortSignal): Promise<Wanted> {
    const { view, catalogue } = this.#options
    const entry = catalogue.find(applicationOf(name))
    const known = findService(view.snapshot().services, name)
    if (known !== undefined) return await this.#wantKnown(known, signal)
    if (entry === undefined || serviceOfEntry(entry, name) === undefined) {
      // Only a name that is deployed right now is in neither.
      if (!this.#isDeploying(name)) throw this.#unknown(name)
      const found = findService((await view.refresh({ signal })).services, name)
      if (found === undefined) throw this.#unknown(name)
      return await this.#wantKnown(found, signal)
    }
    return await this.#deploy(name, entry, signal)
  }

  async #wantKnown(service: ClusterService, signal: AbortSignal): Promise<Wanted> {
    const { deployer, applyCounts, events } = this.#options
    if (wantedActive(service) > 0 || service.spec.Mode.Global !== undefined)
      return { service, takeBack: async () => {} }
    const { application = '', name } = service
    // The agents are told first; Swarm then fills up what is on standby, and the client waits for the first answer alone.
    const told = applyCounts(service.id, 1)
    const counted = deployer.setActive(application, name, 1, { signal })
    counted.catch((error: unknown) => {
      const why = error instanceof ShoalError ? error.message : String(error)
      events.add({
        kind: 'problem',
        subject: `${application}/${name}`,
        text: `Swarm does not know of its activation: ${why}`,
      })
    })
    await told
    if (wantedStandby(service) === 0) await counted
    return {
      service,
      takeBack: async () => {
        const limited = { signal: AbortSignal.timeout(takeBackLimitMs) }
        await applyCounts(service.id, 0)
        await deployer.setActive(application, name, 0, limited)
      },
    }
  }

  /** From the catalogue. What no node can take now is not even declared. */
  async #deploy(name: string, entry: CatalogueEntry, signal: AbortSignal): Promise<Wanted> {
    const { deployer, view, devicesOf } = this.#options
    const { application } = entry
    const { services } = await deployer.deployApplication(application, {
      signal,
      wait: false,
      isUrgent: true,
      check: async (specs) => {
        const spec = specs.find((each) => nameMeans(name, each.Labels ?? {}))
        if (spec === undefined) return
        const requirements = requirementsOf(spec)
        const canRun = (snapshot = view.snapshot()): boolean =>
          judgeNodes(requirements, snapshot, { devicesOf }).some(({ reasons }) => reasons.length === 0)
        if (canRun() || canRun(await view.refresh({ signal }))) return
        throw unplaceable(
          name,
          explainBriefly(name, judgeNodes(requirements, view.snapshot(), { devicesOf })),
        )
      },
    })
    const made = [...services.values()].find(({ spec }) => nameMeans(name, spec.Labels ?? {}))
    if (made === undefined) throw this.#unknown(name)
    return {
      service: made,
      entry,
      takeBack: () => deployer.remove(application.name, { signal: AbortSignal.timeout(takeBackLimitMs) }),
    }
  }

  #isDeploying(name: string): boolean {
    return this.#options.deployer.isDeploying(applicationOf(name))
  }

  #failure(
    name: string,
    { id }: FollowedService,
    answer: FirstAnswer,
    phases: ActivationPhases,
    deadlineMs: number,
  ): ShoalError {
    const { view, devicesOf } = this.#options
    const snapshot = view.snapshot()
    const service = snapshot.services.find((each) => each.id === id)
    switch (answer.kind) {
      case 'refused':
        return unplaceable(
          name,
          service === undefined
            ? 'Swarm finds no node for it'
            : explainService(service, snapshot, devicesOf).brief(),
        )
      case 'gone':
        return unknownService(name, 'it was removed while it was being activated')
      case 'runs':
        return new ShoalError('ACTIVATION_TIMEOUT', {
          action: 'activate',
          object: name,
          reason: 'it runs, but does not speak CoAP: there is no endpoint to tell',
          nextStep: 'publish its CoAP port, or name it with x-shoal.coap.port',
        })
      default: {
        const [failed] = snapshot.instances
          .filter((instance) => instance.serviceId === id && instance.error !== '')
          .sort((a, b) => b.changedAtMs - a.changedAtMs)
        return late(name, deadlineMs, phases, failed?.error)
      }
    }
  }

  #unknown(name: string): ShoalError {
    const { catalogue, views } = this.#options
    const shown = name.slice(0, mostCharacters)
    const names = [...views().map((view) => view.name), ...catalogue.list().map((entry) => entry.name)]
    const nearest = nearestKey(shown, names)
    return unknownService(
      shown,
      nearest === undefined
        ? 'neither the cluster nor its catalogue has one of that name'
        : `there is none of that name; did you mean ${nearest}?`,
    )
  }
}

/** The service that a name of CoAP's means. */
export function findService(services: readonly ClusterService[], name: string): ClusterService | undefined {
  const known = services.filter(({ application }) => application !== undefined)
  return (
    known.find((service) => coapNameOf(service) === name) ??
    known.find(({ application, name: service }) => `${application}.${service}` === name)
  )
}

/** The same for services that are only about to be. */
function nameMeans(name: string, labels: Readonly<Record<string, string>>): boolean {
  const application = labels[clusterLabel.application] ?? ''
  const isFront = labels[clusterLabel.front] === '1'
  return (isFront && application === name) || `${application}.${labels[clusterLabel.service] ?? ''}` === name
}

/** The service of a catalogue entry that a name means. */
function serviceOfEntry(entry: CatalogueEntry | undefined, name: string): string | undefined {
  if (entry === undefined) return undefined
  const { services } = entry.application
  if (entry.name === name) return frontService(services)?.name
  return services.find((service) => `${entry.name}.${service.name}` === name)?.name
}

/** `greenhouse.climate` → `greenhouse`: application names have no dot. */
function applicationOf(name: string): string {
  return name.split('.', 1)[0] ?? name
}

function unplaceable(name: string, reason: string): ShoalError {
  return new ShoalError('UNPLACEABLE', {
    action: 'activate',
    object: name,
    reason,
    nextStep: 'shoal nodes shows what the nodes have to give',
  })
}

function late(
  name: string,
  deadlineMs: number,
  phases: ActivationPhases,
  failure: string | undefined,
): ShoalError {
  const why = failure === undefined ? '' : `; its last instance ended: ${failure}`
  return new ShoalError('ACTIVATION_TIMEOUT', {
    action: 'activate',
    object: name,
    reason: `no answer within ${deadlineMs / 1000} s: ${phases.hangsAt()}${why}`,
    nextStep: `shoal ps ${applicationOf(name)} and shoal logs show more`,
  })
}
