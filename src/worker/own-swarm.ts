// Whether the Swarm that this device's Engine is in is the one that it joined through Shoal.
import type { SwarmMembership } from '../engine/info.ts'
import type { Membership } from './membership.ts'

/**
 * The node's id says it once it is known. Before, an Engine that waits for its manager may not know any address yet: then what was written
 * down counts.
 */
export function isOwnSwarm(
  swarm: SwarmMembership,
  { nodeId, undo }: Pick<Membership, 'nodeId' | 'undo'>,
): boolean {
  if (swarm.state === 'inactive' || undo.swarm === undefined) return false
  if (nodeId !== '' && swarm.nodeId !== '') return swarm.nodeId === nodeId
  return swarm.managers.length === 0 || swarm.managers.some((manager) => undo.swarm?.includes(manager))
}
