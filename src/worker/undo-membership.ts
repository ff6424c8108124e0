// Takes back exactly what joining changed on this device, in the reverse order; what is gone already is done.
import type { Engine } from '../engine/engine.ts'
import { ShoalError } from '../model/errors.ts'
import { restoreEngine } from './configure-engine.ts'
import { sayGoodbye } from './goodbye.ts'
import { type Membership, removeMembership } from './membership.ts'
import { isOwnSwarm } from './own-swarm.ts'

export interface UndoOptions {
  readonly engine: Pick<Engine, 'info' | 'swarm' | 'containers'>
  readonly membershipFile: string
  /** Goes on where the Engine does not answer: its Swarm stays as it is then. */
  readonly force: boolean
  readonly signal: AbortSignal
  readonly onProgress: (line: string) => void
}

/** What it throws leaves the membership written down: the next try goes on from there. */
export async function undoMembership(membership: Membership, options: UndoOptions): Promise<void> {
  const { membershipFile, force, onProgress } = options
  let { nodeId } = membership
  try {
    nodeId = (await leaveSwarm(membership, options)) ?? nodeId
  } catch (error) {
    if (!force || !(error instanceof ShoalError) || error.code === 'INTERRUPTED') throw error
    onProgress(`the Engine stays in the Swarm: ${error.reason}; docker swarm leave takes it out`)
  }
  await restoreEngine(membership, options)
  await removeMembership(membershipFile)
  if (nodeId !== '') await sayGoodbye(membership, nodeId, options)
}

/** @returns Swarm's id of the node that left; a joining that was cut off may not have written it down */
async function leaveSwarm(
  membership: Membership,
  { engine, signal, onProgress }: UndoOptions,
): Promise<string | undefined> {
  if (membership.undo.swarm === undefined) return undefined
  const { swarm } = await engine.info({ signal })
  if (isOwnSwarm(swarm, membership)) {
    await engine.swarm.leave({ force: true, signal })
    return swarm.nodeId === '' ? undefined : swarm.nodeId
  }
  if (swarm.state !== 'inactive')
    onProgress(`the Engine is in another Swarm by now, that of ${swarm.managers.join(', ')}: it stays there`)
  return undefined
}
