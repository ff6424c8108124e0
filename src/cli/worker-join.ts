// `shoal worker join`: makes this device a worker, and starts its agent.
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { ShoalError } from '../model/errors.ts'
import { startAgent, stopAgent } from '../worker/agent-process.ts'
import { localInventory } from '../worker/device-offer.ts'
import { joinCluster } from '../worker/join.ts'
import { prepareOffer } from '../worker/offer-devices.ts'
import { oneAtATime } from '../worker/one-at-a-time.ts'
import type { Io } from './io.ts'
import { agentProgram, localEngine, membershipFile, mustBeRoot, workerFolder } from './worker-setting.ts'

export interface JoinFlags {
  readonly token?: string
  readonly advertise?: string
  readonly joinPort: number
  readonly json?: true
}

export async function workerJoin(io: Io, manager: string | undefined, flags: JoinFlags): Promise<void> {
  const token = await readToken(io, flags.token)
  mustBeRoot('join')
  const engine = localEngine(io)
  const onProgress = (line: string): void => io.err(`${line}\n`)
  try {
    await oneAtATime(workerFolder, 'join', async () => {
      const { devices } = await localInventory()
      const { membership, wasJoined } = await joinCluster({
        engine,
        devices: await prepareOffer(devices, membershipFile),
        token,
        manager,
        joinPort: flags.joinPort,
        advertiseAddress: flags.advertise,
        membershipFile,
        signal: io.signal,
        onProgress,
      })
      const program = agentProgram(io)
      // One that is left from before knows another node, and other credentials.
      if (!wasJoined) await stopAgent(program)
      const wasStarted = await startAgent(program, io.signal)
      const { nodeId, nodeName, address, coap } = membership
      if (flags.json) {
        const result = { nodeId, nodeName, address, manager: coap, wasJoined, agentStarted: wasStarted }
        io.out(`${JSON.stringify(result)}\n`)
      } else {
        const agent = wasJoined && wasStarted ? '; its agent was started' : ''
        io.out(`${nodeName} (${address}) is a worker of ${coap} ${wasJoined ? 'already' : 'now'}${agent}\n`)
      }
    })
  } finally {
    engine.close()
  }
}

/** Command lines are seen by everybody on a machine: the environment and stdin are not. */
async function readToken(io: Io, flag: string | undefined): Promise<string> {
  const given = flag === '-' ? await text(process.stdin) : (flag ?? io.env.SHOAL_TOKEN)
  if (given !== undefined && given.trim() !== '') return given.trim()
  throw new ShoalError('USAGE', {
    action: 'join',
    object: 'the cluster',
    reason: 'no token was given',
    nextStep: '--token TOKEN, which `shoal manager token` prints on the access point',
  })
}
