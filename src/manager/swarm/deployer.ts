// Brings applications into the cluster and out of it: plan, then act. What is wanted stands in Swarm and nowhere else.
import type { Engine } from '../../engine/engine.ts'
import type { RegistryAuth } from '../../engine/registry-auth.ts'
import type { Application } from '../../model/application.ts'
import { clusterLabel } from '../../model/cluster/labels.ts'
import type { ClusterService } from '../../model/cluster/service.ts'
import type { ServiceView } from '../../model/cluster/views.ts'
import { parseCompose } from '../../model/compose/parse-compose.ts'
import { ShoalError } from '../../model/errors.ts'
import { pause } from '../../model/pause.ts'
import { renderSwarmService, swarmServiceName } from '../../model/swarm-service.ts'
import type { SwarmServiceSpec } from '../../model/swarm-service-spec.ts'
import { explainService } from '../../placement/explain-service.ts'
import type { EventLog } from '../event-log.ts'
import type { ImageResolver } from '../image-resolver.ts'
import {
  findObjects,
  makeObjects,
  type ObjectEngine,
  type ObjectIds,
  removeObjects,
} from './application-objects.ts'
import type { ClusterView } from './cluster-view.ts'
import { type DeployStep, planDeploy, renderDeployPlan } from './plan-deploy.ts'
import { withCounts } from './with-counts.ts'

export interface DeployRequest {
  readonly compose: string
  readonly fileName: string
  /** The variables that the file may use. */
  readonly environment: Readonly<Record<string, string>>
  readonly profiles?: readonly string[]
}

export interface DeployPlan {
  readonly application: string
  readonly steps: readonly DeployStep[]
  readonly warnings: readonly string[]
  /** For a person. */
  readonly text: string
}

export interface DeployResult {
  readonly application: string
  readonly changed: boolean
  readonly warnings: readonly string[]
}

export interface DeployerOptions {
  readonly engine: Pick<Engine, 'services'> & ObjectEngine
  readonly view: ClusterView
  readonly images: ImageResolver
  readonly auth: RegistryAuth
  readonly events: EventLog
  /** The services as clients see them, now. */
  readonly views: () => readonly ServiceView[]
}

export interface DeployOptions {
  readonly signal: AbortSignal
  readonly onProgress?: (line: string) => void
  /** Whether to wait until the instances answer. */
  readonly wait?: boolean
}

/** A record that somebody changes at the same time is read again and planned anew, so often. */
const conflictsAtMost = 8
const removalLimitMs = 30_000
const readyMarginMs = 10_000

export class Deployer {
  readonly #options: DeployerOptions
  /** The last piece of work of each application: the next one waits for it. */
  readonly #queue = new Map<string, Promise<unknown>>()

  constructor(options: DeployerOptions) {
    this.#options = options
  }

  /** Throws ShoalError COMPOSE_INVALID with every problem. */
  parse(request: DeployRequest): Application {
    return parseCompose(request.compose, {
      mode: 'cluster',
      fileName: request.fileName,
      environment: request.environment,
      ...(request.profiles === undefined ? {} : { profiles: request.profiles }),
    })
  }

  /** Images of the file that the manager's registry lacks. */
  async missingImages(request: DeployRequest, signal: AbortSignal): Promise<readonly string[]> {
    const { services } = this.parse(request)
    return this.#options.images.missing(
      services.map(({ image }) => image),
      signal,
    )
  }

  /** What a deployment would change; changes nothing. */
  async plan(request: DeployRequest, { signal }: { readonly signal: AbortSignal }): Promise<DeployPlan> {
    const application = this.parse(request)
    const objects = application.cluster ?? { networks: [], secrets: [], configs: [] }
    const ids = await findObjects(this.#options.engine, objects, signal)
    return this.#plan(application, ids, signal)
  }

  /** Throws ShoalError; what was made until then stays and is taken up by the next deployment. */
  async deploy(request: DeployRequest, options: DeployOptions): Promise<DeployResult> {
    const application = this.parse(request)
    return this.deployApplication(application, options)
  }

  async deployApplication(application: Application, options: DeployOptions): Promise<DeployResult> {
    return this.#inTurn(application.name, async () => {
      const { events } = this.#options
      const before = await this.#services(application.name, options.signal)
      const { changed, plan } = await this.#carryOut(application, options)
      if (changed)
        events.add({
          kind: 'application-deployed',
          subject: application.name,
          text: plan.text
            .split('\n')
            .slice(1)
            .map((line) => line.trim())
            .join('; '),
        })
      if (options.wait !== false) await this.#awaitAnswers(application, plan, before, options)
      return { application: application.name, changed, warnings: application.warnings }
    })
  }

  /** Removes the services of the application and what was made for them. @returns whether there was anything */
  async remove(name: string, { signal }: { readonly signal: AbortSignal }): Promise<boolean> {
    return this.#inTurn(name, async () => {
      const { engine, view, events } = this.#options
      const services = await this.#services(name, signal)
      for (const { id } of services) await engine.services.remove(id, { signal })
      const ids = new Set(services.map(({ id }) => id))
      if (services.length > 0) {
        await view.waitFor(
          ({ services: left, instances }) =>
            !left.some(({ id }) => ids.has(id)) &&
            !instances.some(({ serviceId, state }) => ids.has(serviceId) && state === 'running'),
          { signal, deadlineMs: removalLimitMs, everyMs: 100 },
        )
        events.add({
          kind: 'application-removed',
          subject: name,
          text: `${services.length} services removed`,
        })
      }
      await removeObjects(engine, name, undefined, signal)
      return services.length > 0
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
    await this.#changing(async () => {
      const found = await this.#options.engine.services.inspect(swarmServiceName(application, service), {
        signal,
      })
      if (found === undefined)
        throw unknownService(`${application}/${service}`, 'the cluster has none of that name')
      if (found.spec.Mode.Global !== undefined) {
        throw new ShoalError('USAGE', {
          action: 'scale',
          object: `${application}/${service}`,
          reason: 'it is global: each node that fits has one instance',
        })
      }
      await this.#options.engine.services.update(
        found.id,
        found.version,
        withCounts(found.spec, { active }),
        {
          signal,
        },
      )
    })
  }

  async #plan(application: Application, ids: ObjectIds, signal: AbortSignal): Promise<DeployPlan> {
    const [present, images] = await Promise.all([
      this.#services(application.name, signal),
      Promise.all(application.services.map(({ image }) => this.#options.images.resolve(image, signal))),
    ])
    const wanted = application.services.map((service, index): SwarmServiceSpec => {
      const { image, platforms } = images[index] ?? { image: service.image, platforms: [] }
      return renderSwarmService(application, service, {
        image,
        platforms,
        secretIds: ids.secrets,
        configIds: ids.configs,
      })
    })
    const steps = planDeploy(wanted, present)
    return {
      application: application.name,
      steps,
      warnings: application.warnings,
      text: renderDeployPlan(application.name, steps),
    }
  }

  async #carryOut(
    application: Application,
    { signal, onProgress = () => {} }: DeployOptions,
  ): Promise<{ readonly changed: boolean; readonly plan: DeployPlan }> {
    const { engine, auth } = this.#options
    const objects = application.cluster ?? { networks: [], secrets: [], configs: [] }
    const ids = await makeObjects(engine, objects, signal)
    let told = false
    return this.#changing(async () => {
      const plan = await this.#plan(application, ids, signal)
      if (!told) onProgress(plan.text)
      told = true
      for (const step of plan.steps) {
        const options = { registryAuth: auth, signal }
        if (step.kind === 'create') await engine.services.create(step.spec, options)
        else if (step.kind === 'update' || step.kind === 'scale')
          await engine.services.update(step.from.id, step.from.version, step.spec, options)
        else if (step.kind === 'remove') await engine.services.remove(step.from.id, { signal })
      }
      const changed = plan.steps.some(({ kind }) => kind !== 'keep')
      if (changed) await removeObjects(engine, application.name, objects, signal)
      return { changed, plan }
    })
  }

  /** Until as many answer as are wanted; goes back to the version before where a new one does not come up. */
  async #awaitAnswers(
    application: Application,
    plan: DeployPlan,
    before: readonly ClusterService[],
    { signal, onProgress = () => {} }: DeployOptions,
  ): Promise<void> {
    for (const service of application.services) {
      const step = plan.steps.find((each) => each.service === service.name)
      if (step === undefined || step.kind === 'keep' || step.kind === 'remove') continue
      const limitMs = service.ready.timeoutMs + readyMarginMs
      const name = `${application.name}/${service.name}`
      const state = await this.#awaitService(application.name, service.name, step, limitMs, signal)
      if (state === 'up') {
        onProgress(`${name} answers`)
        continue
      }
      signal.throwIfAborted()
      if (step.kind === 'update') {
        const old = before.find(({ swarmName }) => swarmName === step.spec.Name)
        if (state === 'late' && old !== undefined) await this.#goBack(old, signal)
        this.#options.events.add({
          kind: 'service-rolled-back',
          subject: name,
          text: 'the new version did not come up',
        })
        throw new ShoalError('DEPLOY_ROLLED_BACK', {
          action: 'update',
          object: name,
          reason: `${this.#whyNot(application.name, service.name, step.spec)}; the version before runs again`,
          nextStep: `shoal logs ${name} shows what it wrote`,
        })
      }
      throw this.#notUp(application.name, service.name)
    }
  }

  /** `rolled-back`: Swarm has gone back by itself; `refused`: no node can take it, and nothing will change that soon. */
  async #awaitService(
    application: string,
    service: string,
    step: DeployStep,
    limitMs: number,
    signal: AbortSignal,
  ): Promise<'up' | 'late' | 'rolled-back' | 'refused'> {
    const { view, views } = this.#options
    const endsAtMs = performance.now() + limitMs
    const name = swarmServiceName(application, service)
    const wantedImage =
      step.kind === 'remove' || step.kind === 'keep' ? '' : step.spec.TaskTemplate.ContainerSpec.Image
    let refusedSinceMs: number | undefined
    while (!signal.aborted && performance.now() < endsAtMs) {
      const snapshot = await view.refresh({ signal })
      const found = snapshot.services.find(({ swarmName }) => swarmName === name)
      const state = found?.update?.state
      const isUpdate = step.kind === 'update'
      if (isUpdate && (state === 'rollback_completed' || state === 'rollback_started' || state === 'paused'))
        return 'rolled-back'
      const seen = views().find((each) => each.application === application && each.service === service)
      const working =
        seen?.instances.filter(
          (instance) =>
            (instance.state === 'answering' || instance.state === 'running') &&
            (!isUpdate || instance.image === wantedImage),
        ).length ?? 0
      const standby = seen?.instances.filter(({ state: each }) => each === 'standby').length ?? 0
      if (
        seen !== undefined &&
        working >= seen.active &&
        standby >= Math.min(seen.standby, seen.instances.length - working)
      )
        return 'up'
      if (seen?.state === 'unplaceable') {
        refusedSinceMs ??= performance.now()
        // Swarm looks again when anything changes; a node that joins just now is given a moment.
        if (performance.now() - refusedSinceMs > 1500) return 'refused'
      } else refusedSinceMs = undefined
      await pause(50, signal)
    }
    return 'late'
  }

  /** By the spec itself: Swarm's own memory of the one before may be of a mere change of numbers. */
  async #goBack(old: ClusterService, signal: AbortSignal): Promise<void> {
    await this.#changing(async () => {
      const now = await this.#options.engine.services.inspect(old.id, { signal })
      if (now !== undefined)
        await this.#options.engine.services.update(now.id, now.version, old.spec, { signal })
    })
  }

  #notUp(application: string, service: string): ShoalError {
    const name = `${application}/${service}`
    const snapshot = this.#options.view.snapshot()
    const found = snapshot.services.find(
      ({ swarmName }) => swarmName === swarmServiceName(application, service),
    )
    if (found !== undefined) {
      const { verdicts, text } = explainService(found, snapshot)
      if (!verdicts.some(({ reasons }) => reasons.length === 0))
        return new ShoalError('UNPLACEABLE', {
          action: 'deploy',
          object: name,
          reason: text,
          nextStep: `it stays declared and starts when a node can take it; shoal rm ${application} takes it away`,
        })
    }
    return new ShoalError('DEPLOY_INCOMPLETE', {
      action: 'deploy',
      object: name,
      reason: this.#whyNot(application, service),
      nextStep: `shoal ps ${application} and shoal logs ${name} show more`,
    })
  }

  #whyNot(application: string, service: string, spec?: SwarmServiceSpec): string {
    const { instances, services } = this.#options.view.snapshot()
    const found = services.find(({ swarmName }) => swarmName === swarmServiceName(application, service))
    const image = spec?.TaskTemplate.ContainerSpec.Image
    const failed = instances
      .filter(
        (instance) =>
          instance.serviceId === found?.id &&
          instance.error !== '' &&
          (image === undefined || instance.image === image),
      )
      .sort((a, b) => b.changedAtMs - a.changedAtMs)[0]
    return failed === undefined ? 'it did not answer in time' : `its instance ended: ${failed.error}`
  }

  async #services(application: string, signal: AbortSignal): Promise<readonly ClusterService[]> {
    return this.#options.engine.services.list([`${clusterLabel.stack}=${application}`], { signal })
  }

  /** Again from its reading, where somebody else changed the record at the same time. */
  async #changing<T>(act: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await act()
      } catch (error) {
        const isConflict =
          error instanceof ShoalError &&
          (error.code === 'SWARM_CONFLICT' || error.code === 'SWARM_NAME_TAKEN')
        if (!isConflict || attempt >= conflictsAtMost) throw error
      }
    }
  }

  async #inTurn<T>(application: string, act: () => Promise<T>): Promise<T> {
    const before = this.#queue.get(application) ?? Promise.resolve()
    const turn = before.catch(() => {}).then(act)
    this.#queue.set(application, turn)
    try {
      return await turn
    } finally {
      if (this.#queue.get(application) === turn) this.#queue.delete(application)
    }
  }
}

export function unknownService(name: string, reason: string): ShoalError {
  return new ShoalError('SERVICE_UNKNOWN', {
    action: 'find',
    object: `service ${name}`,
    reason,
    nextStep: 'shoal ps lists the services, shoal catalogue ls what may be activated',
  })
}
