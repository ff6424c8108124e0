// The Engine's containers: create, start, look at, wait for, rename, pause, stop, kill, remove.

import { type ErrorCode, ShoalError } from '../model/errors.ts'
import type { CallOptions, EngineApi } from './api.ts'
import {
  type ContainerDetails,
  type ContainerPhase,
  type ContainerSummary,
  detailsOf,
  summaryOf,
} from './container-answers.ts'
import { asArray, asNumber, asRecord, asText } from './wire.ts'

/** Limits of the calls. On a small board with a slow card, making and starting a container takes seconds. */
const limitsMs = Object.freeze({
  look: 20_000,
  create: 60_000,
  start: 120_000,
  // A service says its own grace, which may be minutes; a connection that is lost is noticed long before.
  stop: 600_000,
  remove: 120_000,
})

/** What the Engine's refusals of a turn are read as. */
const answeredCodes: readonly ErrorCode[] = ['ENGINE_REFUSED', 'CONTAINER_UNKNOWN']

export class Containers {
  readonly #api: EngineApi

  constructor(api: EngineApi) {
    this.#api = api
  }

  /** Running or not, those that have all the labels: `name` or `name=value`. */
  async list(
    labels: readonly string[],
    { signal, deadlineMs = limitsMs.look }: CallOptions = {},
  ): Promise<ContainerSummary[]> {
    const answer = await this.#api.json({
      action: 'list',
      object: 'containers',
      method: 'GET',
      path: '/containers/json',
      query: { all: true, filters: { label: labels } },
      signal,
      deadlineMs,
    })
    return asArray(answer).map(asRecord).map(summaryOf)
  }

  /**
   * @param body as `renderContainer` writes it.
   * @returns id of the new container, and what the Engine warns of.
   */
  async create(
    name: string,
    body: object,
    {
      platform,
      signal,
      deadlineMs = limitsMs.create,
    }: CallOptions & { readonly platform?: string | undefined } = {},
  ): Promise<{ readonly id: string; readonly warnings: readonly string[] }> {
    const answer = asRecord(
      await this.#api.json({
        action: 'create',
        object: `container ${name}`,
        method: 'POST',
        path: '/containers/create',
        query: { name, platform },
        body,
        signal,
        deadlineMs,
      }),
    )
    return { id: asText(answer.Id), warnings: asArray(answer.Warnings).map(asText) }
  }

  /** Resolves when its first process runs; a container that runs already is left as it is. */
  async start(
    id: string,
    name: string,
    { signal, deadlineMs = limitsMs.start }: CallOptions = {},
  ): Promise<void> {
    await this.#api.json({
      action: 'start',
      object: `container ${name}`,
      method: 'POST',
      path: `/containers/${id}/start`,
      signal,
      deadlineMs,
    })
  }

  /** @returns undefined when there is no such container. */
  async inspect(
    id: string,
    { signal, deadlineMs = limitsMs.look }: CallOptions = {},
  ): Promise<ContainerDetails | undefined> {
    const answer = await this.#api.jsonIfAny({
      ...{
        action: 'inspect',
        object: `container ${id}`,
        method: 'GET',
        path: `/containers/${encodeURIComponent(id)}/json`,
      },
      signal,
      deadlineMs,
    })
    return answer === undefined ? undefined : detailsOf(asRecord(answer))
  }

  /** Resolves with the exit code when the container does not run (any more). */
  async wait(id: string, name: string, { signal, deadlineMs }: CallOptions = {}): Promise<number> {
    const answer = await this.#api.json({
      action: 'wait for',
      object: `container ${name}`,
      method: 'POST',
      path: `/containers/${id}/wait`,
      signal,
      deadlineMs,
    })
    return asNumber(asRecord(answer).StatusCode)
  }

  async rename(
    id: string,
    name: string,
    { signal, deadlineMs = limitsMs.look }: CallOptions = {},
  ): Promise<void> {
    await this.#api.json({
      ...{
        action: 'rename to',
        object: `container ${name}`,
        method: 'POST',
        path: `/containers/${id}/rename`,
        query: { name },
      },
      signal,
      deadlineMs,
    })
  }

  /** Asks it to end, and kills it after its own grace; one that does not run, or is gone, is done already. */
  async stop(
    id: string,
    name: string,
    { signal, deadlineMs = limitsMs.stop }: CallOptions = {},
  ): Promise<void> {
    await this.#api.jsonIfAny({
      action: 'stop',
      object: `container ${name}`,
      method: 'POST',
      path: `/containers/${id}/stop`,
      signal,
      deadlineMs,
    })
  }

  /** Ends it at once, without grace; one that does not run, or is gone, is done already. A paused one dies too. */
  async kill(
    id: string,
    name: string,
    { signal, deadlineMs = limitsMs.look }: CallOptions = {},
  ): Promise<void> {
    await this.#api.jsonIfAny(
      {
        action: 'kill',
        object: `container ${name}`,
        method: 'POST',
        path: `/containers/${id}/kill`,
        signal,
        deadlineMs,
      },
      [404, 409],
    )
  }

  /** Freezes its processes. @returns whether it stands paused now: not when it ended, or is gone. */
  async pause(id: string, name: string, options: CallOptions = {}): Promise<boolean> {
    return this.#turn('pause', id, name, { from: 'running', to: 'paused' }, options)
  }

  /** Lets its processes go on. @returns whether it runs now: not when it ended, or is gone. */
  async unpause(id: string, name: string, options: CallOptions = {}): Promise<boolean> {
    return this.#turn('unpause', id, name, { from: 'paused', to: 'running' }, options)
  }

  /** CPU that all its processes have used since its start, in milliseconds; undefined when it is gone. One that has ended has used 0. */
  async cpuTimeMs(
    id: string,
    { signal, deadlineMs = limitsMs.look }: CallOptions = {},
  ): Promise<number | undefined> {
    const answer = await this.#api.jsonIfAny({
      action: 'measure',
      object: `container ${id}`,
      method: 'GET',
      path: `/containers/${id}/stats`,
      query: { stream: false, 'one-shot': true },
      signal,
      deadlineMs,
    })
    if (answer === undefined) return undefined
    return asNumber(asRecord(asRecord(asRecord(answer).cpu_stats).cpu_usage).total_usage) / 1e6
  }

  /** The Engine refuses a turn that is done already, with statuses that differ among its versions: the state decides. */
  async #turn(
    action: 'pause' | 'unpause',
    id: string,
    name: string,
    { from, to }: { readonly from: ContainerPhase; readonly to: ContainerPhase },
    { signal, deadlineMs = limitsMs.look }: CallOptions,
  ): Promise<boolean> {
    try {
      await this.#api.json({
        action,
        object: `container ${name}`,
        method: 'POST',
        path: `/containers/${id}/${action}`,
        signal,
        deadlineMs,
      })
      return true
    } catch (error) {
      if (!(error instanceof ShoalError) || !answeredCodes.includes(error.code)) throw error
      const seen = await this.inspect(id, { signal, deadlineMs })
      if (seen?.state === from) throw error
      return seen?.state === to
    }
  }

  /** Kills it if it runs, removes it and its anonymous volumes; one that is gone, or is being removed (409), is done already. */
  async remove(
    id: string,
    name: string,
    { signal, deadlineMs = limitsMs.remove }: CallOptions = {},
  ): Promise<void> {
    await this.#api.jsonIfAny(
      {
        action: 'remove',
        object: `container ${name}`,
        method: 'DELETE',
        path: `/containers/${id}`,
        query: { force: true, v: true },
        signal,
        deadlineMs,
      },
      [404, 409],
    )
  }
}
