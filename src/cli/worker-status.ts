// `shoal worker status`: what this device is a member of, and whether that works.
import { CoapClient } from '../coap/client.ts'
import { CoapError } from '../coap/coap-error.ts'
import type { EngineInfo } from '../engine/info.ts'
import { ShoalError } from '../model/errors.ts'
import { isAgentRunning } from '../worker/agent-process.ts'
import { readMembership } from '../worker/membership.ts'
import type { Io } from './io.ts'
import { localEngine, membershipFile, notJoined, workerFolder } from './worker-setting.ts'

const answerLimitMs = 2000

export async function workerStatus(io: Io, asJson: boolean): Promise<void> {
  const membership = await readMembership(membershipFile)
  if (membership === undefined) throw notJoined('look at')
  const { nodeId, nodeName, address, coap, registry, clusterId } = membership
  const [swarm, managerAnswers, agentRuns] = await Promise.all([
    swarmState(io),
    answers(coap, io.signal),
    isAgentRunning({ folder: workerFolder }),
  ])
  if (asJson) {
    const shown = { nodeId, nodeName, address, manager: coap, managerAnswers, registry: registry.authority }
    io.out(`${JSON.stringify({ ...shown, clusterId, swarm, agentRuns })}\n`)
    return
  }
  const node = nodeId === '' ? 'joining was cut off: shoal worker join goes on' : nodeId
  const rows = [
    ['node', `${nodeName} (${node})`],
    ['address', address === '' ? '-' : address],
    ['manager', `${coap} (${managerAnswers ? 'answers' : 'does not answer'})`],
    ['registry', registry.authority],
    ['swarm', swarm],
    ['agent', agentRuns ? 'runs' : 'does not run: shoal worker join starts it'],
  ]
  io.out(rows.map(([name = '', value]) => `${name.padEnd(10)}${value}\n`).join(''))
}

async function swarmState(io: Io): Promise<EngineInfo['swarm']['state'] | 'unknown'> {
  const engine = localEngine(io)
  try {
    const { swarm } = await engine.info({ signal: io.signal, deadlineMs: answerLimitMs })
    return swarm.state
  } catch (error) {
    if (!(error instanceof ShoalError) || error.code === 'INTERRUPTED') throw error
    return 'unknown'
  } finally {
    engine.close()
  }
}

async function answers(coap: string, signal: AbortSignal): Promise<boolean> {
  const client = new CoapClient()
  try {
    await client.ping(coap, { deadlineMs: answerLimitMs, signal })
    return true
  } catch (error) {
    if (error instanceof CoapError) return false
    throw error
  } finally {
    await client.stop()
  }
}
