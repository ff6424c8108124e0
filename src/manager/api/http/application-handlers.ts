// /api/v1/apps, images and activations: bring applications into the cluster and out of it.
import type { DeploymentLine } from '../../../model/api/deployment.ts'
import { renderErrorAnswer } from '../../../model/api/error.ts'
import { renderEndpoint } from '../../../model/endpoint.ts'
import { ShoalError } from '../../../model/errors.ts'
import type { DeployPlan } from '../../swarm/application-planner.ts'
import type { DeployRequest } from '../../swarm/deployer.ts'
import { doneReply, type Handlers } from './api-reply.ts'
import { asBug } from './as-bug.ts'
import { BoundedQueue } from './bounded-queue.ts'
import { jsonLines } from './line-stream.ts'
import type { HttpParts } from './parts.ts'
import { representPlan, representService } from './representation.ts'

type Names = 'applications' | 'deploy' | 'removeApplication' | 'missingImages' | 'activate' | 'deactivate'

/** More lines than any deployment has: nobody reads them when there are so many. */
const mostLines = 1000

export function applicationHandlers(parts: HttpParts): Pick<Handlers, Names> {
  const { views, deployer, activator } = parts
  return {
    applications: () => {
      const applications = Map.groupBy(views(), ({ application }) => application)
      return {
        json: {
          applications: [...applications].map(([name, services]) => ({
            name,
            services: services.map(({ service, name: coapName, state, active, standby }) => ({
              service,
              name: coapName,
              state,
              active,
              standby,
            })),
          })),
        },
      }
    },
    deploy: async ({ body, signal, lifetime }) => {
      const request = deployRequestOf(body)
      // What is wrong before anything is changed is told by the status of the answer.
      const plan = await deployer.plan(request, { signal })
      if (body.dryRun) return { json: representPlan(plan) }
      return jsonLines(deployInLines(parts, request, { plan, wait: body.wait, signal, lifetime }))
    },
    removeApplication: async ({ params: { application }, lifetime }) => {
      if (await deployer.remove(application, { signal: lifetime })) return doneReply
      const names = [...new Set(views().map((each) => each.application))]
      throw new ShoalError('APPLICATION_UNKNOWN', {
        action: 'remove',
        object: `application ${application.slice(0, 128)}`,
        reason:
          names.length === 0
            ? 'the cluster has no application'
            : `the cluster has none of that name; it has ${names.slice(0, 20).join(', ')}`,
        nextStep: 'shoal ps lists what runs',
      })
    },
    missingImages: async ({ body, signal }) => ({
      json: { images: [...(await deployer.missingImages(deployRequestOf(body), signal))] },
    }),
    activate: async ({ body: { name }, signal }) => {
      const { endpoint, wasActive, activationMs, phasesMs } = await activator.activate(name, { signal })
      return {
        json: {
          name,
          endpoint: renderEndpoint(endpoint),
          wasActive,
          activationMs,
          phasesMs: { ...phasesMs },
        },
      }
    },
    deactivate: async ({ params: { name }, lifetime }) => {
      await activator.deactivate(name, { signal: lifetime })
      return doneReply
    },
  }
}

/** The deployment goes on when its client goes away: it ends well or badly on its own, never half-way. */
function deployInLines(
  { deployer, view, views, onBug }: HttpParts,
  request: DeployRequest,
  {
    plan,
    wait,
    signal,
    lifetime,
  }: {
    readonly plan: DeployPlan
    readonly wait: boolean
    readonly signal: AbortSignal
    readonly lifetime: AbortSignal
  },
): AsyncIterable<DeploymentLine> {
  const lines = new BoundedQueue<DeploymentLine>({ mostItems: mostLines })
  signal.addEventListener('abort', () => lines.close(), { once: true })
  lines.push({ type: 'plan', plan: representPlan(plan) })
  const onProgress = (text: string): void => {
    // The deployer tells its plan as well; it differs where another deployment came first.
    if (text !== plan.text) lines.push({ type: 'progress', text })
  }
  deployer
    .deploy(request, { signal: lifetime, wait, onProgress })
    .then(({ application, changed }) => {
      const services = views()
        .filter((each) => each.application === application)
        .map((each) => representService(each, view.snapshot()))
      lines.push({ type: 'done', application, changed, services })
    })
    .catch((error: unknown) => {
      const known = error instanceof ShoalError ? error : asBug(error, 'deploy', onBug)
      lines.push({ type: 'error', ...renderErrorAnswer(known) })
    })
    .finally(() => lines.close())
  return lines
}

export function deployRequestOf({
  compose,
  fileName,
  environment,
  files = {},
  profiles,
}: {
  readonly compose: string
  readonly fileName: string
  readonly environment: Readonly<Record<string, string>>
  readonly files?: Readonly<Record<string, string>>
  readonly profiles?: readonly string[] | undefined
}): DeployRequest {
  return {
    compose,
    fileName,
    environment,
    files: new Map(
      Object.entries(files).map(([path, base64]): [string, Uint8Array] => [
        path,
        Buffer.from(base64, 'base64'),
      ]),
    ),
    ...(profiles === undefined ? {} : { profiles }),
  }
}
