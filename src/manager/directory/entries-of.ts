// The cluster's own instances as entries of the directory. Pure.
import type { ServiceView } from '../../model/cluster/views.ts'
import { renderEndpoint } from '../../model/endpoint.ts'
import { isReachable } from '../api/coap/representation.ts'
import type { DirectoryEntry } from './directory-entry.ts'

/** Of an id of Swarm's: enough to tell the instances of one service apart. */
const idLength = 8

/** One entry for each instance that can be asked: `ep="sensors.compute.k3f09a2c"`, its root as a link of `rt="shoal.compute"`. */
export function entriesOf(views: readonly ServiceView[]): readonly DirectoryEntry[] {
  return views.flatMap(({ application, service, instances }) =>
    instances.flatMap(({ id, state, endpoint }) =>
      endpoint === undefined || !isReachable(state)
        ? []
        : [
            {
              endpoint: `${application}.${service}.${id.slice(0, idLength)}`,
              sector: undefined,
              base: renderEndpoint(endpoint),
              attributes: {},
              links: [{ target: '/', attributes: { rt: `shoal.${service}` } }],
            },
          ],
    ),
  )
}
