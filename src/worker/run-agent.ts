// The agent's own process: one a device, as the node that the Engine is in Swarm.
import { parseCoapUri } from '../coap/uri.ts'
import type { Engine } from '../engine/engine.ts'
import type { SwarmMembership } from '../engine/info.ts'
import { ShoalError } from '../model/errors.ts'
import { pause } from '../model/pause.ts'
import { Agent, type AgentOptions } from './agent.ts'
import { agentFile } from './agent-process.ts'
import type { Membership } from './membership.ts'
import { freeProcessFile, takeProcessFile } from './process-file.ts'

export interface RunAgentOptions {
  readonly engine: Engine
  readonly membership: Membership
  readonly folder: string
  /** How the devices of this node are looked at and offered. */
  readonly devices: NonNullable<AgentOptions['devices']>
  readonly log: (line: string) => void
}

/** A node that is taken into the Swarm anew has another id. */
const lookEveryMs = 10_000
const retryMs = 1000

/** Until the signal comes. Throws ShoalError AGENT_FAILED when one runs already. */
export async function runAgent(options: RunAgentOptions, signal: AbortSignal): Promise<void> {
  const { folder, log, membership } = options
  const file = agentFile(folder)
  const other = await takeProcessFile(file)
  if (other !== undefined) {
    throw new ShoalError('AGENT_FAILED', {
      action: 'start',
      object: 'the agent',
      place: 'this device',
      reason: `it runs already, as process ${other.pid}`,
    })
  }
  try {
    log(`agent of ${membership.nodeName}, manager ${membership.coap}`)
    while (!signal.aborted) await serveAsNode(options, signal)
  } finally {
    await freeProcessFile(file)
  }
}

/** Until the signal comes, or the node has another id. */
async function serveAsNode(
  { engine, membership, devices, log }: RunAgentOptions,
  signal: AbortSignal,
): Promise<void> {
  const nodeId = await waitForNode(engine, membership, log, signal)
  if (nodeId === undefined) return
  const { host, port } = parseCoapUri(membership.coap)
  const { authority, username, password } = membership.registry
  const changed = new AbortController()
  const stop = AbortSignal.any([signal, changed.signal])
  const agent = new Agent({
    engine,
    manager: { host, port },
    nodeId,
    registryAuth: { username, password, serveraddress: authority },
    devices,
    log,
  })
  agent.start(stop)
  try {
    while (!stop.aborted) {
      await pause(lookEveryMs, stop)
      const swarm = stop.aborted ? undefined : await lookAtSwarm(engine, stop)
      if (swarm?.state !== 'active' || swarm.nodeId === nodeId) continue
      log(`this node is ${swarm.nodeId} now`)
      changed.abort()
    }
  } finally {
    await agent.stop()
  }
}

/** The Engine may still be starting, and Swarm still be looking for its manager: then what was written down counts. */
async function waitForNode(
  engine: Pick<Engine, 'info'>,
  { nodeId }: Membership,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<string | undefined> {
  for (let isTold = false; !signal.aborted; isTold = true) {
    const swarm = await lookAtSwarm(engine, signal)
    if (swarm !== undefined && swarm.state !== 'inactive') return swarm.nodeId || nodeId
    if (!isTold)
      log(
        swarm === undefined
          ? 'the Engine does not answer yet'
          : 'the Engine is in no Swarm: shoal worker join mends that',
      )
    await pause(retryMs, signal)
  }
  return undefined
}

async function lookAtSwarm(
  engine: Pick<Engine, 'info'>,
  signal: AbortSignal,
): Promise<SwarmMembership | undefined> {
  try {
    return (await engine.info({ signal })).swarm
  } catch (error) {
    if (error instanceof ShoalError) return undefined
    throw error
  }
}
