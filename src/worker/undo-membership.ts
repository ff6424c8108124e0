// Takes back exactly what joining changed on this device, in the reverse order; what is gone already is done.
import type { Engine } from '../engine/engine.ts'
import { ShoalError } from '../model/errors.ts'
import { restoreEngine } from './configure-engine.ts'
import { type Membership, removeMembership } from './membership.ts'
import { isOwnSwarm } from './own-swarm.ts'

export interface UndoOptions {
  readonly engine: Pick<Engine, 'info' | 'swarm'>
  readonly membershipFile: string
  /** Goes on where the Engine does not answer: its Swarm stays as it is then. */
  readonly force: boolean
  readonly signal: AbortSignal
  readonly onProgress: (line: string) => void
}

/** What it throws leaves the membership written down: the next try goes on from there. */
export async function undoMembership(membership: Membership, options: UndoOptions): Promise<void> {
  const { membershipFile, force, onProgress } = options
  try {
    await leaveSwarm(membership, options)
  } catch (error) {
    if (!force || !(error instanceof ShoalError) || error.code === 'INTERRUPTED') throw error
    onProgress(`the Engine stays in the Swarm: ${error.reason}; docker swarm leave takes it out`)
  }
  await restoreEngine(membership, options)
  await removeMembership(membershipFile)
}

async function leaveSwarm(
  membership: Membership,
  { engine, signal, onProgress }: UndoOptions,
): Promise<void> {
  if (membership.undo.swarm === undefined) return
  const { swarm } = await engine.info({ signal })
  if (isOwnSwarm(swarm, membership)) await engine.swarm.leave({ force: true, signal })
  else if (swarm.state !== 'inactive')
    onProgress(`the Engine is in another Swarm by now, that of ${swarm.managers.join(', ')}: it stays there`)
}
