// Looks at what there is of an application and plans what is to change. Changes nothing.
import type { Engine } from '../../engine/engine.ts'
import type { Application } from '../../model/application.ts'
import { barsOf, withBars } from '../../model/cluster/bars.ts'
import { clusterLabel } from '../../model/cluster/labels.ts'
import type { ClusterService } from '../../model/cluster/service.ts'
import { ShoalError } from '../../model/errors.ts'
import { renderSwarmService, swarmServiceName } from '../../model/swarm-service.ts'
import type { SwarmServiceSpec } from '../../model/swarm-service-spec.ts'
import type { ClusterImage, ImageResolver } from '../image-resolver.ts'
import { type ObjectEngine, readObjects } from './application-objects.ts'
import type { ClusterView } from './cluster-view.ts'
import { activeOf, type DeployStep, planDeploy, renderDeployPlan } from './plan-deploy.ts'
import { noObjects, type ObjectStep, planObjects, type SwarmObject } from './plan-objects.ts'

export interface DeployPlan {
  readonly application: string
  readonly steps: readonly DeployStep[]
  /** Networks, secrets and configs. */
  readonly objects: readonly ObjectStep[]
  readonly warnings: readonly string[]
  /** For a person. */
  readonly text: string
}

/** A plan, and what it was made from. */
export interface Look {
  readonly plan: DeployPlan
  readonly objects: readonly SwarmObject[]
  readonly images: readonly ClusterImage[]
}

export interface ApplicationPlannerOptions {
  readonly engine: Pick<Engine, 'services'> & ObjectEngine
  readonly view: Pick<ClusterView, 'snapshot'>
  readonly images: ImageResolver
  /** Ids of nodes that a service is barred from while a device is absent there. */
  readonly barsFor: (spec: SwarmServiceSpec, serviceId: string | undefined) => readonly string[]
}

export class ApplicationPlanner {
  readonly #options: ApplicationPlannerOptions

  constructor(options: ApplicationPlannerOptions) {
    this.#options = options
  }

  /** What there is, and what is to be done about it. Throws ShoalError IMAGE_UNKNOWN, REGISTRY_DOWN, DEPLOY_INCOMPLETE. */
  async look(application: Application, signal: AbortSignal): Promise<Look> {
    const { engine } = this.#options
    const { name } = application
    const wanted = application.cluster ?? noObjects
    const [present, objects, images] = await Promise.all([
      engine.services.list([`${clusterLabel.stack}=${name}`], { signal }),
      readObjects(engine, name, wanted, signal),
      this.#resolveAll(
        application.services.map(({ image }) => image),
        false,
        signal,
      ),
    ])
    const asPresent = present.map((from) => ({ from }))
    const steps = this.planServices(application, images, objects, asPresent)
    const plan = planOf(application, steps, planObjects(name, wanted, objects, present))
    return { plan, objects, images }
  }

  /** Whether there is nothing of it, as far as the last look tells, and nothing to be made for it but its services. */
  seemsNew({ name, cluster = noObjects }: Application): boolean {
    const needsObjects = [cluster.networks, cluster.secrets, cluster.configs].some(({ length }) => length > 0)
    return (
      !needsObjects && !this.#options.view.snapshot().services.some(({ application }) => application === name)
    )
  }

  /** The same without a question to Swarm, with images as they were resolved last: should there be something after all, it refuses the names, and a real look follows. */
  async lookQuickly(application: Application, signal: AbortSignal): Promise<Look> {
    const images = await this.#resolveAll(
      application.services.map(({ image }) => image),
      true,
      signal,
    )
    return {
      plan: planOf(application, this.planServices(application, images, [], []), []),
      objects: [],
      images,
    }
  }

  /**
   * The steps once more, when objects have got their ids.
   * @param present steps or what they come from: the services as they are
   */
  planServices(
    application: Application,
    images: readonly ClusterImage[],
    objects: readonly SwarmObject[],
    present: readonly (DeployStep | { readonly from: ClusterService })[],
  ): readonly DeployStep[] {
    const services = present.flatMap((step) => ('from' in step ? [step.from] : []))
    const ids = (kind: SwarmObject['kind']) =>
      new Map(objects.filter((object) => object.kind === kind).map((object) => [object.name, object.id]))
    const wanted = application.services.map((service, index): SwarmServiceSpec => {
      const { image, platforms } = images[index] ?? { image: service.image, platforms: [] }
      const before = services.find(
        ({ swarmName }) => swarmName === swarmServiceName(application.name, service.name),
      )
      const spec = renderSwarmService(application, service, {
        image,
        platforms,
        secretIds: ids('secret'),
        configIds: ids('config'),
        active: activeOf(service.replicas, before),
      })
      // What its nodes were told stays, until they are heard.
      const known = before === undefined ? spec : withBars(spec, barsOf(before.spec))
      return withBars(spec, this.#options.barsFor(known, before?.id))
    })
    const networks = objects.filter(({ kind }) => kind === 'network')
    return planDeploy(wanted, services, new Map(networks.map(({ id, name }) => [id, name])))
  }

  /** Throws one ShoalError for all that are unknown. */
  async #resolveAll(
    references: readonly string[],
    mayBeKnown: boolean,
    signal: AbortSignal,
  ): Promise<readonly ClusterImage[]> {
    const unknown = new Map<string, ShoalError>()
    const images = await Promise.all(
      references.map(async (reference) => {
        try {
          return await this.#resolve(reference, mayBeKnown, signal)
        } catch (error) {
          if (!(error instanceof ShoalError && error.code === 'IMAGE_UNKNOWN')) throw error
          unknown.set(reference, error)
          return undefined
        }
      }),
    )
    const [first] = unknown.values()
    if (first === undefined) return images.filter((image) => image !== undefined)
    if (unknown.size === 1) throw first
    throw new ShoalError('IMAGE_UNKNOWN', {
      action: 'find',
      object: `${unknown.size} images`,
      reason: [...unknown].map(([reference, { reason }]) => `${reference}: ${reason}`).join('\n'),
      nextStep:
        'build or load them on your machine: shoal deploy pushes them from there, and so does shoal image push',
    })
  }

  async #resolve(image: string, mayBeKnown: boolean, signal: AbortSignal): Promise<ClusterImage> {
    const { images } = this.#options
    return (mayBeKnown ? images.known(image) : undefined) ?? (await images.resolve(image, signal))
  }
}

function planOf(
  application: Application,
  steps: readonly DeployStep[],
  objects: readonly ObjectStep[],
): DeployPlan {
  const { name, warnings } = application
  return { application: name, steps, objects, warnings, text: renderDeployPlan(name, steps, objects) }
}
