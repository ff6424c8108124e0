// A service as a command line names it: APPLICATION/SERVICE, APPLICATION.SERVICE, or APPLICATION where that is enough.
import { apiRoutes } from '../model/api/routes.ts'
import { ShoalError } from '../model/errors.ts'
import { nearestKey } from '../model/problems.ts'
import type { ManagerClient } from './manager-client.ts'
import { usageError } from './manager-option.ts'

export interface ServiceWord {
  readonly application: string
  /** Left out: the only one that the application has. */
  readonly service: string | undefined
}

export interface ServiceName {
  readonly application: string
  readonly service: string
}

/** Application names have no dot, service names may. Throws ShoalError USAGE. */
export function parseServiceWord(word: string): ServiceWord {
  const [, application, service] = /^([^/.]+)(?:[/.](.+))?$/.exec(word) ?? []
  if (application === undefined || service?.includes('/') === true) {
    throw usageError(
      `${word === '' ? 'an empty word' : word} names no service`,
      'write APPLICATION/SERVICE; shoal ps lists them',
    )
  }
  return { application, service }
}

/** @throws ShoalError SERVICE_UNKNOWN, USAGE where the application has several services and none is named */
export async function resolveServiceWord(
  { application, service }: ServiceWord,
  client: ManagerClient,
  signal: AbortSignal,
): Promise<ServiceName> {
  if (service !== undefined) return { application, service }
  const { services } = await client.ask(apiRoutes.services, { query: {} }, { signal })
  const own = services.filter((each) => each.application === application)
  const [first] = own
  if (first === undefined) {
    const nearest = nearestKey(application, [...new Set(services.map((each) => each.application))])
    throw new ShoalError('SERVICE_UNKNOWN', {
      action: 'find',
      object: `application ${application}`,
      place: client.baseUrl,
      reason: 'the cluster has none of that name',
      nextStep: nearest === undefined ? 'shoal ps lists the services' : `did you mean ${nearest}?`,
    })
  }
  if (own.length === 1) return { application, service: first.service }
  throw usageError(
    `${application} has several services`,
    `say which: ${own.map((each) => `${application}/${each.service}`).join(', ')}`,
  )
}
