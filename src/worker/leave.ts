// Leaving: the agent ends, Swarm lets the node go, and everything that joining changed is as it was.
import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Engine } from '../engine/engine.ts'
import { agentLogFile, stopAgent } from './agent-process.ts'
import { readMembership, removeMembership } from './membership.ts'
import { undoMembership } from './undo-membership.ts'
import { removeUnfinished } from './write-whole.ts'

export interface LeaveOptions {
  readonly engine: Pick<Engine, 'info' | 'swarm' | 'containers'>
  readonly membershipFile: string
  /** Also where the Engine does not answer, or what is known of the cluster cannot be read. */
  readonly force: boolean
  readonly signal: AbortSignal
  readonly onProgress: (line: string) => void
}

/** @returns whether there was anything to leave; twice is the same as once */
export async function leaveCluster(options: LeaveOptions): Promise<boolean> {
  const { engine, membershipFile, force, signal, onProgress } = options
  const folder = dirname(membershipFile)
  const membership = await readMembership(membershipFile).catch((error: unknown) => {
    if (!force) throw error
    onProgress('what this device knew of its cluster cannot be read: only Swarm is left')
    return 'damaged' as const
  })
  // Before anything is changed: without the Engine it could not be finished.
  if (membership !== undefined && !force) await engine.info({ signal })
  await stopAgent({ folder })
  await removeUnfinished(folder)
  if (membership === undefined) return false
  if (membership === 'damaged') {
    await engine.swarm.leave({ force: true, signal })
    await removeMembership(membershipFile)
  } else {
    await undoMembership(membership, options)
  }
  await removeLogs(folder)
  return true
}

async function removeLogs(folder: string): Promise<void> {
  const log = agentLogFile(folder)
  await Promise.all([rm(log, { force: true }), rm(`${log}.1`, { force: true })])
}
