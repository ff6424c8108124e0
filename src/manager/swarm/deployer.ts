// Brings applications into the cluster and out of it: plan, then act. What is wanted stands in Swarm and nowhere else.
import type { Engine } from '../../engine/engine.ts'
import type { RegistryAuth } from '../../engine/registry-auth.ts'
import type { Application } from '../../model/application.ts'
import type { ServiceView } from '../../model/cluster/views.ts'
import { parseCompose } from '../../model/compose/parse-compose.ts'
import { ShoalError } from '../../model/errors.ts'
import { swarmServiceName } from '../../model/swarm-service.ts'
import type { SwarmServiceSpec } from '../../model/swarm-service-spec.ts'
import type { DevicesOf } from '../../placement/device-presence.ts'
import type { EventLog } from '../event-log.ts'
import type { ImageResolver } from '../image-resolver.ts'
import { makeObject, type ObjectEngine, removeObject } from './application-objects.ts'
import { ApplicationPlanner, type DeployPlan } from './application-planner.ts'
import { CarefulUpdate } from './careful-update.ts'
import type { ClusterView } from './cluster-view.ts'
import { despiteConflicts } from './despite-conflicts.ts'
import type { DeployStep } from './plan-deploy.ts'
import type { ObjectStep, SwarmObject } from './plan-objects.ts'
import { removeApplication } from './remove-application.ts'
import { removeTrials } from './trial.ts'
import { Turns } from './turns.ts'
import { withCounts } from './with-counts.ts'

export interface DeployRequest {
  readonly compose: string
  readonly fileName: string
  /** The variables that the file may use. */
  readonly environment: Readonly<Record<string, string>>
  readonly profiles?: readonly string[]
  /** What stands in the files that secrets and configs are taken from, by their paths in the Compose file. */
  readonly files?: ReadonlyMap<string, Uint8Array>
}

export interface DeployResult {
  readonly application: string
  readonly changed: boolean
  readonly warnings: readonly string[]
  /** Swarm's ids and specs of the services, by their names in the file. */
  readonly services: ReadonlyMap<string, { readonly id: string; readonly spec: SwarmServiceSpec }>
}

export interface DeployerOptions {
  readonly engine: Pick<Engine, 'services' | 'tasks'> & ObjectEngine
  readonly view: ClusterView
  readonly images: ImageResolver
  readonly auth: RegistryAuth
  readonly events: EventLog
  /** The services as clients see them, now. */
  readonly views: () => readonly ServiceView[]
  /** Nodes that a service is not to run on while a device is absent there; undefined id: it is not there yet. */
  readonly barsFor: (spec: SwarmServiceSpec, serviceId: string | undefined) => readonly string[]
  /** What is known of the devices of a node. */
  readonly devicesOf: DevicesOf
}

export interface DeployOptions {
  readonly signal: AbortSignal
  readonly onProgress?: (line: string) => void
  /** Whether to wait until the instances answer. Left out: it is waited for. */
  readonly wait?: boolean
  /** Somebody waits for every millisecond: images are taken as they were resolved last, what there is as it was seen last. */
  readonly isUrgent?: boolean
  /** Asked before anything is changed; what it throws ends the deployment. */
  readonly check?: (specs: readonly SwarmServiceSpec[]) => Promise<void>
}

const renewalLimitMs = 20_000

export class Deployer {
  readonly #options: DeployerOptions
  readonly #planner: ApplicationPlanner
  readonly #turns = new Turns()
  /** Deployments under way, so that a removal does not wait until they give up. */
  readonly #underWay = new Map<string, Set<AbortController>>()

  constructor(options: DeployerOptions) {
    this.#options = options
    this.#planner = new ApplicationPlanner(options)
  }

  /** Takes away what an earlier life of the manager left in the middle of something. Throws ShoalError. */
  async start(signal: AbortSignal): Promise<void> {
    await removeTrials(this.#options.engine, { signal })
  }

  /** Deployments under way end; what they have told Swarm holds. */
  stop(): void {
    for (const deployments of this.#underWay.values())
      for (const deployment of deployments)
        deployment.abort(new DOMException('the manager stops', 'AbortError'))
  }

  isDeploying(application: string): boolean {
    return this.#underWay.has(application)
  }

  /** Throws ShoalError COMPOSE_INVALID with every problem. */
  parse(request: DeployRequest): Application {
    return parseRequest(request)
  }

  /** Images of the file that the manager's registry lacks. Throws ShoalError COMPOSE_INVALID, REGISTRY_DOWN. */
  async missingImages(request: DeployRequest, signal: AbortSignal): Promise<readonly string[]> {
    const { services } = this.parse(request)
    return this.#options.images.missing(
      services.map(({ image }) => image),
      signal,
    )
  }

  /** What a deployment would change; changes nothing. Throws ShoalError COMPOSE_INVALID, IMAGE_UNKNOWN, REGISTRY_DOWN. */
  async plan(request: DeployRequest, { signal }: { readonly signal: AbortSignal }): Promise<DeployPlan> {
    const application = this.parse(request)
    return (await this.#planner.look(application, signal)).plan
  }

  /**
   * @throws ShoalError COMPOSE_INVALID, IMAGE_UNKNOWN, REGISTRY_DOWN: nothing was changed; DEPLOY_ROLLED_BACK: the version before runs;
   * UNPLACEABLE, DEPLOY_INCOMPLETE: it stays declared, and a later deployment takes up what is there
   */
  async deploy(request: DeployRequest, options: DeployOptions): Promise<DeployResult> {
    return this.deployApplication(this.parse(request), options)
  }

  /** One of an application at a time: the next one plans when the one before has ended. */
  async deployApplication(application: Application, options: DeployOptions): Promise<DeployResult> {
    const { name } = application
    return this.#turns.take(name, async () => {
      const removed = new AbortController()
      const underWay = this.#underWay.get(name) ?? new Set()
      this.#underWay.set(name, underWay.add(removed))
      try {
        const signal = AbortSignal.any([options.signal, removed.signal])
        return await this.#deployNow(application, { ...options, signal })
      } finally {
        underWay.delete(removed)
        if (underWay.size === 0) this.#underWay.delete(name)
      }
    })
  }

  /** Removes the services of the application and what was made for them. @returns whether there was anything */
  async remove(name: string, { signal }: { readonly signal: AbortSignal }): Promise<boolean> {
    for (const deployment of this.#underWay.get(name) ?? []) deployment.abort(removedMeanwhile(name))
    return this.#turns.take(name, () => removeApplication(this.#options, name, signal))
  }

  /** Looks up its images anew, so that the next urgent deployment has what the registry has by now. Nobody waits for it. */
  renewImages({ services }: Application): void {
    const { images, events } = this.#options
    for (const { image } of services)
      images.resolve(image, AbortSignal.timeout(renewalLimitMs)).catch((error: unknown) => {
        // A registry that is down, or has lost the image, is told of when somebody deploys.
        if (error instanceof ShoalError || (error instanceof Error && error.name === 'TimeoutError')) return
        events.add({ kind: 'problem', subject: `image ${image}`, text: String(error) })
      })
  }

  /**
   * How many instances are to be active; those on standby stay as many.
   * @param service as the Compose file calls it
   * @throws ShoalError SERVICE_UNKNOWN, USAGE for a service with one instance on each node
   */
  async setActive(
    application: string,
    service: string,
    active: number,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<void> {
    const { services } = this.#options.engine
    await despiteConflicts(async () => {
      const found = await services.inspect(swarmServiceName(application, service), { signal })
      if (found === undefined)
        throw unknownService(`${application}/${service}`, 'the cluster has none of that name')
      if (found.spec.Mode.Global !== undefined) {
        throw new ShoalError('USAGE', {
          action: 'scale',
          object: `${application}/${service}`,
          reason: 'it is global: each node that fits has one instance',
        })
      }
      await services.update(found.id, found.version, withCounts(found.spec, { active }), { signal })
    })
  }

  async #deployNow(application: Application, options: DeployOptions): Promise<DeployResult> {
    const { events, engine } = this.#options
    const { signal, wait = true } = options
    const careful = new CarefulUpdate(this.#options, options)
    let told = ''
    let changed = false
    let mayBeQuick = options.isUrgent === true && this.#planner.seemsNew(application)
    const { plan, services } = await despiteConflicts(async () => {
      const { plan, objects, images } = mayBeQuick
        ? await this.#planner.lookQuickly(application, signal)
        : await this.#planner.look(application, signal)
      mayBeQuick = false
      if (plan.text !== told) options.onProgress?.(plan.text)
      told = plan.text
      await options.check?.(plan.steps.flatMap((step) => ('spec' in step ? [step.spec] : [])))
      const made = await this.#makeObjects(plan.objects, signal)
      const steps =
        made.length === 0
          ? plan.steps
          : this.#planner.planServices(application, images, [...objects, ...made], plan.steps)
      if (wait) await careful.tryNewVersions(application, steps)
      changed ||= steps.some(({ kind }) => kind !== 'keep')
      return { plan, services: await this.#carryOut(steps, careful, signal) }
    })
    for (const step of plan.objects) if (step.kind === 'remove') await removeObject(engine, step, signal)
    if (changed) {
      const text = plan.text
        .split('\n')
        .slice(1)
        .filter((line) => !line.startsWith('  ='))
      events.add({
        kind: 'application-deployed',
        subject: application.name,
        text: text.map((line) => line.trim()).join('; '),
      })
    }
    if (wait) await careful.awaitAnswers(application)
    return { application: application.name, changed, warnings: application.warnings, services }
  }

  async #makeObjects(steps: readonly ObjectStep[], signal: AbortSignal): Promise<readonly SwarmObject[]> {
    const made: SwarmObject[] = []
    for (const step of steps)
      if (step.kind === 'create') made.push(await makeObject(this.#options.engine, step, signal))
    return made
  }

  async #carryOut(
    steps: readonly DeployStep[],
    careful: CarefulUpdate,
    signal: AbortSignal,
  ): Promise<DeployResult['services']> {
    const { engine, auth } = this.#options
    const services = new Map<string, { readonly id: string; readonly spec: SwarmServiceSpec }>()
    const options = { registryAuth: auth, signal }
    for (const step of steps) {
      if (step.kind === 'remove') {
        await engine.services.remove(step.from.id, { signal })
        continue
      }
      await careful.remember(step)
      const { service, spec } = step
      if (step.kind === 'create') {
        const { id } = await engine.services.create(spec, options)
        services.set(service, { id, spec })
        careful.created(step, id)
        continue
      }
      const { id, version } = step.from
      services.set(service, { id, spec })
      if (step.kind !== 'keep') await engine.services.update(id, version, spec, options)
    }
    return services
  }
}

/** Throws ShoalError COMPOSE_INVALID with every problem. */
export function parseRequest({
  compose,
  fileName,
  environment,
  profiles,
  files,
}: DeployRequest): Application {
  return parseCompose(compose, {
    mode: 'cluster',
    fileName,
    environment,
    ...(profiles === undefined ? {} : { profiles }),
    ...(files === undefined ? {} : { files }),
  })
}

export function unknownService(name: string, reason: string): ShoalError {
  return new ShoalError('SERVICE_UNKNOWN', {
    action: 'find',
    object: `service ${name}`,
    reason,
    nextStep: 'shoal ps lists the services, shoal catalogue ls what may be activated',
  })
}

function removedMeanwhile(application: string): ShoalError {
  return new ShoalError('DEPLOY_INCOMPLETE', {
    action: 'deploy',
    object: application,
    reason: 'it was removed while it was being deployed',
  })
}
