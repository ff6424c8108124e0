// Leaving: the agent ends, Swarm lets the node go, and everything that joining changed is as it was.
import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseCoapUri } from '../coap/uri.ts'
import type { Engine } from '../engine/engine.ts'
import { agentLogFile, stopAgent } from './agent-process.ts'
import { askManager } from './ask-manager.ts'
import { type Membership, readMembership, removeMembership } from './membership.ts'
import { undoMembership } from './undo-membership.ts'
import { removeUnfinished } from './write-whole.ts'

export interface LeaveOptions {
  readonly engine: Pick<Engine, 'info' | 'swarm'>
  readonly membershipFile: string
  /** Also where the Engine does not answer, or what is known of the cluster cannot be read. */
  readonly force: boolean
  readonly signal: AbortSignal
  readonly onProgress: (line: string) => void
}

const goodbyeLimitMs = 8000

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
    await sayGoodbye(membership, signal, onProgress)
  }
  await removeLogs(folder)
  return true
}

/** So that the manager takes the node out of its list. Without it the node stays there as down, and does no harm. */
async function sayGoodbye(
  { coap, joinPort, fingerprint, nodeId, nodeName, nodeSecret }: Membership,
  signal: AbortSignal,
  onProgress: (line: string) => void,
): Promise<void> {
  if (nodeId === '') return
  const { host } = parseCoapUri(coap)
  try {
    await askManager(
      { host, port: joinPort, fingerprint },
      '/leave',
      { nodeId, nodeName, nodeSecret },
      AbortSignal.any([signal, AbortSignal.timeout(goodbyeLimitMs)]),
    )
  } catch {
    onProgress(
      `the manager at ${host} did not hear the goodbye: it lists this node as down until docker node rm ${nodeId} there`,
    )
  }
}

async function removeLogs(folder: string): Promise<void> {
  const log = agentLogFile(folder)
  await Promise.all([rm(log, { force: true }), rm(`${log}.1`, { force: true })])
}
