// Leaving: the agent ends, Swarm lets the node go, and everything that joining changed is as it was.
import { parseCoapUri } from '../coap/uri.ts'
import type { Engine } from '../engine/engine.ts'
import { type AgentProgram, stopAgent } from './agent-process.ts'
import { askManager } from './ask-manager.ts'
import { type Membership, readMembership, removeMembership } from './membership.ts'
import { undoMembership } from './undo-membership.ts'

export interface LeaveOptions {
  readonly engine: Pick<Engine, 'info' | 'swarm'>
  readonly program: AgentProgram
  readonly membershipFile: string
  readonly engineConfigFile: string
  /** Also where what is known of the cluster cannot be read. */
  readonly force: boolean
  readonly signal: AbortSignal
  readonly onProgress: (line: string) => void
}

const goodbyeLimitMs = 8000

/** @returns whether there was anything to leave; twice is the same as once */
export async function leaveCluster(options: LeaveOptions): Promise<boolean> {
  const { engine, program, membershipFile, force, signal, onProgress } = options
  const membership = await readMembership(membershipFile).catch((error: unknown) => {
    if (!force) throw error
    return undefined
  })
  await stopAgent(program)
  if (membership === undefined) {
    if (force) {
      await engine.swarm.leave({ force: true, signal })
      await removeMembership(membershipFile)
    }
    return force
  }
  await undoMembership(membership, options)
  onProgress('left Swarm; the Engine’s configuration is as it was')
  await sayGoodbye(membership, signal, onProgress)
  return true
}

/** So that the manager takes the node out of its list. Without it the node stays there as down, and does no harm. */
async function sayGoodbye(
  { coap, joinPort, fingerprint, nodeId, nodeName, nodeSecret }: Membership,
  signal: AbortSignal,
  onProgress: (line: string) => void,
): Promise<void> {
  if (nodeId === '') return
  try {
    const { host } = parseCoapUri(coap)
    await askManager(
      { host, port: joinPort, fingerprint },
      '/leave',
      { nodeId, nodeName, nodeSecret },
      AbortSignal.any([signal, AbortSignal.timeout(goodbyeLimitMs)]),
    )
  } catch {
    onProgress(
      `the manager did not hear the goodbye: its list shows this node as down until docker node rm ${nodeName} there`,
    )
  }
}
