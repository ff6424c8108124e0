// The instances of the Swarm's services. The Engine must be a manager: SWARM_NOT_MANAGER otherwise.
import type { ClusterInstance } from '../model/cluster/instance.ts'
import type { CallOptions, EngineApi } from './api.ts'
import { instanceOf } from './task-answers.ts'
import { asArray, asRecord } from './wire.ts'

export interface TaskFilter {
  readonly serviceId?: string | undefined
  readonly nodeId?: string | undefined
  /** `running` leaves out those that ended, or are to. */
  readonly desiredState?: 'running' | 'shutdown' | 'accepted' | undefined
}

const limitMs = 20_000

export class Tasks {
  readonly #api: EngineApi

  constructor(api: EngineApi) {
    this.#api = api
  }

  /** Those that fit all of the filter; ended ones too, as many as Swarm remembers. */
  async list(
    { serviceId, nodeId, desiredState }: TaskFilter = {},
    { signal, deadlineMs = limitMs }: CallOptions = {},
  ): Promise<ClusterInstance[]> {
    const answer = await this.#api.json({
      action: 'list',
      object: 'instances',
      method: 'GET',
      path: '/tasks',
      query: {
        filters: {
          ...(serviceId === undefined ? {} : { service: [serviceId] }),
          ...(nodeId === undefined ? {} : { node: [nodeId] }),
          ...(desiredState === undefined ? {} : { 'desired-state': [desiredState] }),
        },
      },
      signal,
      deadlineMs,
    })
    return asArray(answer).map(asRecord).map(instanceOf)
  }
}
