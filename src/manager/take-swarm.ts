// Makes the Swarm that the manager stands on, or takes the one that is there.
import type { Engine } from '../engine/engine.ts'
import type { SwarmMembership } from '../engine/info.ts'
import type { SwarmState } from '../engine/swarm.ts'
import type { ClusterNode } from '../model/cluster/node.ts'
import { ShoalError } from '../model/errors.ts'
import { pause } from '../model/pause.ts'

export interface SwarmSettings {
  /** At which others reach this machine. */
  readonly address: string
  /** Whether services may run on this machine too; counts only where the Swarm is made. */
  readonly runsServices: boolean
}

/**
 * Swarm takes a worker for down when it was silent for three of these, each randomised by half a second. It must not do so within a cut of
 * 3 s and the 3 s that TCP may need after it: the monitor is there for quickness (docs/decisions/monitoring.md).
 */
export const heartbeatMs = 4000

/** Ended instances that are remembered for each slot: the last one says why it ended. */
const taskHistory = 2

const leaderLimitMs = 30_000

export interface TakenSwarm {
  readonly wasMade: boolean
  /** Swarm's id of this node. */
  readonly nodeId: string
  readonly clusterId: string
}

/**
 * Throws ShoalError OTHER_SWARM where this machine is a worker, MANAGER_ADDRESS where its Swarm is known by another address, ENGINE_REFUSED where
 * it is locked or broken.
 */
export async function takeSwarm(
  engine: Pick<Engine, 'info' | 'swarm' | 'nodes'>,
  { address, runsServices }: SwarmSettings,
  signal: AbortSignal,
): Promise<TakenSwarm> {
  const swarm = await settledSwarm(engine, signal)
  const wasMade = swarm.state === 'inactive'
  if (wasMade) {
    // In one step with the Swarm: a manager that is killed here finds it as it should be.
    const availability = runsServices ? 'active' : 'drain'
    await engine.swarm.init({ advertiseAddress: address, heartbeatMs, taskHistory, availability }, { signal })
  } else refuseForeign(swarm, address)
  const { state, self } = await waitForLeader(engine, signal)
  if (state.heartbeatMs !== heartbeatMs || state.taskHistory !== taskHistory)
    await engine.swarm.update(state.version, { heartbeatMs, taskHistory }, { signal })
  return { wasMade, nodeId: self.id, clusterId: state.id }
}

/** An Engine that has just started is not in its Swarm yet. */
async function settledSwarm(engine: Pick<Engine, 'info'>, signal: AbortSignal): Promise<SwarmMembership> {
  const endsAtMs = performance.now() + leaderLimitMs
  for (;;) {
    const { swarm } = await engine.info({ signal })
    if (swarm.state !== 'pending' || performance.now() > endsAtMs) return swarm
    await pause(200, signal)
    signal.throwIfAborted()
  }
}

/** Throws where the Swarm that is there is not this manager's to lead. */
export function refuseForeign(swarm: SwarmMembership, address: string): void {
  if (swarm.state !== 'active') {
    throw new ShoalError('ENGINE_REFUSED', {
      action: 'take',
      object: 'the Swarm of this machine',
      reason: `it is ${swarm.state}${swarm.error === '' ? '' : `: ${swarm.error}`}`,
      nextStep:
        swarm.state === 'locked'
          ? 'unlock it: docker swarm unlock'
          : 'mend it, or leave it: docker swarm leave --force ends it with all its services',
    })
  }
  if (!swarm.isManager) {
    throw new ShoalError('OTHER_SWARM', {
      action: 'take',
      object: 'the Swarm of this machine',
      reason: `this machine is a worker of the Swarm of ${swarm.managers.join(', ')}`,
      nextStep: 'start the manager there, or let this machine leave: docker swarm leave',
    })
  }
  if (swarm.nodeAddress !== address) {
    throw new ShoalError('MANAGER_ADDRESS', {
      action: 'take',
      object: 'the Swarm of this machine',
      reason: `its nodes know this machine as ${swarm.nodeAddress}, and the manager is to be reached at ${address}`,
      nextStep: `shoal manager start --advertise ${swarm.nodeAddress}; where that address is gone for good: docker swarm init --force-new-cluster --advertise-addr ${address}`,
    })
  }
}

/** A Swarm that was just made, or whose machine has just booted, takes a moment until it answers. */
async function waitForLeader(
  engine: Pick<Engine, 'info' | 'swarm' | 'nodes'>,
  signal: AbortSignal,
): Promise<{ readonly state: SwarmState; readonly self: ClusterNode }> {
  const endsAtMs = performance.now() + leaderLimitMs
  for (;;) {
    try {
      const { swarm } = await engine.info({ signal })
      const [state, self] = await Promise.all([
        engine.swarm.inspect({ signal }),
        engine.nodes.inspect(swarm.nodeId, { signal }),
      ])
      if (state !== undefined && self !== undefined) return { state, self }
    } catch (error) {
      const isEarly =
        error instanceof ShoalError &&
        (error.code === 'SWARM_NO_LEADER' || error.code === 'SWARM_NOT_MANAGER')
      if (!isEarly || performance.now() > endsAtMs) throw error
    }
    if (performance.now() > endsAtMs) {
      throw new ShoalError('SWARM_NO_LEADER', {
        action: 'take',
        object: 'the Swarm of this machine',
        reason: `it has no leader after ${leaderLimitMs / 1000} s`,
        nextStep: 'docker node ls tells which managers are missing',
      })
    }
    await pause(100, signal)
    signal.throwIfAborted()
  }
}
