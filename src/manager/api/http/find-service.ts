// The service that a path of the HTTP API names.
import type { ClusterService } from '../../../model/cluster/service.ts'
import type { ClusterSnapshot } from '../../../model/cluster/snapshot.ts'
import type { ShoalError } from '../../../model/errors.ts'
import { nearestKey } from '../../../model/problems.ts'
import { unknownService } from '../../swarm/deployer.ts'
import type { HttpParts } from './parts.ts'

interface ServiceName {
  readonly application: string
  readonly service: string
}

/**
 * Looks again where the last snapshot has none: it may have been deployed a moment ago.
 * @throws ShoalError SERVICE_UNKNOWN
 */
export async function findService(
  name: ServiceName,
  { view }: Pick<HttpParts, 'view'>,
  signal: AbortSignal,
): Promise<ClusterService> {
  const found = among(view.snapshot(), name) ?? among(await view.refresh({ signal }), name)
  if (found === undefined) throw noSuchService(name, view.snapshot())
  return found
}

export function noSuchService({ application, service }: ServiceName, snapshot: ClusterSnapshot): ShoalError {
  const name = `${application}/${service}`
  const known = snapshot.services.flatMap((each) =>
    each.application === undefined ? [] : [`${each.application}/${each.name}`],
  )
  const nearest = nearestKey(name, known)
  return unknownService(
    name.slice(0, 128),
    nearest === undefined
      ? 'the cluster has none of that name'
      : `the cluster has none of that name; did you mean ${nearest}?`,
  )
}

function among(
  { services }: ClusterSnapshot,
  { application, service }: ServiceName,
): ClusterService | undefined {
  return services.find((each) => each.application === application && each.name === service)
}
