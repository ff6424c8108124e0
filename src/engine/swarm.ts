// The Swarm that an Engine is part of: make one, join, leave, settings, the token for workers.
import { type ErrorCode, ShoalError } from '../model/errors.ts'
import type { CallOptions, EngineApi } from './api.ts'
import { asNumber, asRecord, asText, asTimeMs, asVersion, type WireRecord } from './wire.ts'

export interface SwarmState {
  /** Of the cluster. */
  readonly id: string
  /** Of its record, for changes to it. */
  readonly version: number
  /** How often Swarm's agents tell that they live; a node is down after three of them. */
  readonly heartbeatMs: number
  /** How many ended instances of a slot Swarm remembers. */
  readonly taskHistory: number
  readonly createdAtMs: number
}

export interface SwarmChanges {
  readonly heartbeatMs?: number
  readonly taskHistory?: number
  /** Makes a new token for workers: the old one is worth nothing then. */
  readonly rotateWorkerToken?: boolean
}

export interface SwarmInit {
  /** Where others reach this manager: an address, or an interface's name. */
  readonly advertiseAddress: string
  /** Default: every address, port 2377. */
  readonly listenAddress?: string
  readonly heartbeatMs: number
  readonly taskHistory: number
  /** Of this node; default `active`. */
  readonly availability?: 'active' | 'pause' | 'drain'
}

export interface SwarmJoin {
  readonly token: string
  /** `10.77.0.1:2377`, one or more. */
  readonly managers: readonly string[]
  /** Default: the address that leads to the managers. */
  readonly advertiseAddress?: string
  /** Default: every address, port 2377; a worker opens none. */
  readonly listenAddress?: string
}

const limitsMs = Object.freeze({
  look: 20_000,
  // It makes keys and a certificate, which takes a small board seconds, and waits for the manager to be up.
  init: 120_000,
  // The Engine itself gives up after 20 s and goes on in the background.
  join: 60_000,
  leave: 60_000,
})

const everyAddress = '0.0.0.0:2377'

export class Swarm {
  readonly #api: EngineApi
  readonly #place: string

  constructor(api: EngineApi, place: string) {
    this.#api = api
    this.#place = place
  }

  /** @returns undefined when the Engine is in no Swarm, or in one as a worker: `Engine.info` tells which. */
  async inspect({ signal, deadlineMs = limitsMs.look }: CallOptions = {}): Promise<SwarmState | undefined> {
    const wire = await this.#inspect({ signal, deadlineMs })
    return wire === undefined ? undefined : stateOf(wire)
  }

  /**
   * Makes a Swarm with this Engine as its only manager.
   * @returns Swarm's id of this node.
   * Throws SWARM_MEMBER when the Engine is in one already.
   */
  async init(
    {
      advertiseAddress,
      listenAddress = everyAddress,
      heartbeatMs,
      taskHistory,
      availability = 'active',
    }: SwarmInit,
    { signal, deadlineMs = limitsMs.init }: CallOptions = {},
  ): Promise<string> {
    const answer = await this.#api.json({
      action: 'initialise',
      object: 'the swarm',
      method: 'POST',
      path: '/swarm/init',
      body: {
        AdvertiseAddr: advertiseAddress,
        ListenAddr: listenAddress,
        Availability: availability,
        Spec: renderSettings({}, { heartbeatMs, taskHistory }),
      },
      signal,
      deadlineMs,
    })
    return asText(answer)
  }

  /**
   * Makes this Engine a member. Whatever it throws, the Engine is in no Swarm then, and tries no longer.
   * Throws SWARM_MEMBER (in one already), SWARM_TOKEN_WRONG, SWARM_UNREACHABLE.
   */
  async join(
    { token, managers, advertiseAddress = '', listenAddress = everyAddress }: SwarmJoin,
    { signal, deadlineMs = limitsMs.join }: CallOptions = {},
  ): Promise<void> {
    try {
      await this.#api.json({
        action: 'join',
        object: `the swarm of ${managers.join(', ')}`,
        method: 'POST',
        path: '/swarm/join',
        body: {
          JoinToken: token,
          RemoteAddrs: managers,
          AdvertiseAddr: advertiseAddress,
          ListenAddr: listenAddress,
        },
        signal,
        deadlineMs,
      })
    } catch (error) {
      // The Engine answers after 20 s and goes on trying: what we report as failed must not come true later.
      if (error instanceof ShoalError && unfinishedJoins.includes(error.code)) {
        await this.leave({ force: true }).catch(() => {})
      }
      throw error
    }
  }

  /** Ends the membership; one that is in no Swarm is done already. A manager leaves by force only. */
  async leave({
    force = false,
    signal,
    deadlineMs = limitsMs.leave,
  }: CallOptions & { readonly force?: boolean } = {}): Promise<void> {
    try {
      await this.#api.json({
        action: 'leave',
        object: 'the swarm',
        method: 'POST',
        path: '/swarm/leave',
        query: { force },
        signal,
        deadlineMs,
      })
    } catch (error) {
      if (!(error instanceof ShoalError && error.code === 'SWARM_NOT_MEMBER')) throw error
    }
  }

  /**
   * Changes the settings named and keeps the others.
   * @param version as inspect() told it; throws SWARM_CONFLICT when somebody changed the settings since.
   */
  async update(
    version: number,
    changes: SwarmChanges,
    { signal, deadlineMs = limitsMs.look }: CallOptions = {},
  ): Promise<void> {
    const { Spec } = await this.#manager('change the settings of', { signal, deadlineMs })
    await this.#api.json({
      action: 'change the settings of',
      object: 'the swarm',
      method: 'POST',
      path: '/swarm/update',
      query: { version, rotateWorkerToken: changes.rotateWorkerToken ?? false },
      body: renderSettings(asRecord(Spec), changes),
      signal,
      deadlineMs,
    })
  }

  /** What a worker joins with. Throws SWARM_NOT_MANAGER. */
  async joinToken({ signal, deadlineMs = limitsMs.look }: CallOptions = {}): Promise<string> {
    const { JoinTokens } = await this.#manager('read the join token of', { signal, deadlineMs })
    return asText(asRecord(JoinTokens).Worker)
  }

  async #manager(action: string, options: CallOptions): Promise<WireRecord> {
    const wire = await this.#inspect(options)
    if (wire !== undefined) return wire
    throw new ShoalError('SWARM_NOT_MANAGER', {
      action,
      object: 'the swarm',
      place: this.#place,
      reason: 'this Engine is not a manager of one',
    })
  }

  async #inspect({ signal, deadlineMs }: CallOptions): Promise<WireRecord | undefined> {
    // 503: in no swarm, or a worker; 404 in Engines that name the first so.
    try {
      return asRecord(
        await this.#api.json({
          action: 'inspect',
          object: 'the swarm',
          method: 'GET',
          path: '/swarm',
          signal,
          deadlineMs,
        }),
      )
    } catch (error) {
      if (error instanceof ShoalError && notOurs.includes(error.code)) return undefined
      throw error
    }
  }
}

const notOurs: readonly ErrorCode[] = ['SWARM_NOT_MANAGER', 'SWARM_NOT_MEMBER']

const unfinishedJoins: readonly ErrorCode[] = ['SWARM_UNREACHABLE', 'ENGINE_TIMEOUT', 'INTERRUPTED']

function stateOf(wire: WireRecord): SwarmState {
  const spec = asRecord(wire.Spec)
  return {
    id: asText(wire.ID),
    version: asVersion(wire.Version),
    heartbeatMs: asNumber(asRecord(spec.Dispatcher).HeartbeatPeriod) / nanosecondsInMs,
    taskHistory: asNumber(asRecord(spec.Orchestration).TaskHistoryRetentionLimit),
    createdAtMs: asTimeMs(wire.CreatedAt),
  }
}

/** The Engine's shape of the settings: what is there, with the changes laid over it. */
function renderSettings(spec: WireRecord, { heartbeatMs, taskHistory }: SwarmChanges): object {
  return {
    ...spec,
    Dispatcher: {
      ...asRecord(spec.Dispatcher),
      ...(heartbeatMs === undefined ? {} : { HeartbeatPeriod: heartbeatMs * nanosecondsInMs }),
    },
    Orchestration: {
      ...asRecord(spec.Orchestration),
      ...(taskHistory === undefined ? {} : { TaskHistoryRetentionLimit: taskHistory }),
    },
  }
}

const nanosecondsInMs = 1_000_000
