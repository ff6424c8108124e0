// Whether setting a node aside would help anybody. Pure.
import type { ClusterSnapshot } from '../../model/cluster/snapshot.ts'
import type { DevicesOf } from '../../placement/device-presence.ts'
import { judgeNodes } from '../../placement/judge-nodes.ts'
import { requirementsOf } from '../../placement/requirements.ts'
import { isWanted } from '../views.ts'

/**
 * False when instances run on the node and no other node could take any of them: given up, they would only be begun anew at the same place
 * once the node is back.
 */
export function canMove(
  nodeId: string,
  snapshot: ClusterSnapshot,
  isAway: (nodeId: string) => boolean,
  devicesOf: DevicesOf,
): boolean {
  const here = snapshot.instances.filter((instance) => instance.nodeId === nodeId && isWanted(instance))
  if (here.length === 0) return true
  const others = { ...snapshot, nodes: snapshot.nodes.filter(({ id }) => id !== nodeId && !isAway(id)) }
  const serviceIds = new Set(here.map(({ serviceId }) => serviceId))
  return snapshot.services
    .filter(
      ({ id, spec, application }) =>
        application !== undefined && spec.Mode.Global === undefined && serviceIds.has(id),
    )
    .some(({ id, spec }) =>
      judgeNodes(requirementsOf(spec), others, { serviceId: id, devicesOf }).some(
        ({ reasons }) => reasons.length === 0,
      ),
    )
}
