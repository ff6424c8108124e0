// The services of the Swarm: list, create, update, remove, and what their instances write. The Engine must be a manager.
import type { ClusterService } from '../model/cluster/service.ts'
import type { SwarmServiceSpec } from '../model/swarm-service-spec.ts'
import type { CallOptions, EngineApi } from './api.ts'
import { type RegistryAuth, registryAuthHeaders } from './registry-auth.ts'
import { serviceOf } from './service-answers.ts'
import { readServiceLog, type ServiceLogLine } from './service-log.ts'
import { asArray, asRecord, asText } from './wire.ts'

/** Swarm keeps the credentials with the service: the nodes pull with them, now and at every failover. */
export interface ServiceCallOptions extends CallOptions {
  readonly registryAuth?: RegistryAuth | undefined
}

export interface ServiceLogOptions extends CallOptions {
  /** Goes on until the service is removed or the signal comes. */
  readonly follow?: boolean
  /** Last lines of each instance only; left out: all. */
  readonly tail?: number | undefined
  /** Unix time in seconds. */
  readonly since?: number | undefined
}

const limitsMs = Object.freeze({
  look: 20_000,
  // The Engine may ask the image's registry first.
  change: 60_000,
})

export class Services {
  readonly #api: EngineApi

  constructor(api: EngineApi) {
    this.#api = api
  }

  /** @param labels `name` or `name=value`; those that have all of them. */
  async list(
    labels: readonly string[] = [],
    { signal, deadlineMs = limitsMs.look }: CallOptions = {},
  ): Promise<ClusterService[]> {
    const answer = await this.#api.json({
      action: 'list',
      object: 'services',
      method: 'GET',
      path: '/services',
      query: { filters: { label: labels } },
      signal,
      deadlineMs,
    })
    return asArray(answer).map(asRecord).map(serviceOf)
  }

  /** @param service id or Swarm's name of it. @returns undefined when there is none. */
  async inspect(
    service: string,
    { signal, deadlineMs = limitsMs.look }: CallOptions = {},
  ): Promise<ClusterService | undefined> {
    const answer = await this.#api.jsonIfAny({
      action: 'inspect',
      object: `service ${service}`,
      method: 'GET',
      path: `/services/${encodeURIComponent(service)}`,
      signal,
      deadlineMs,
    })
    return answer === undefined ? undefined : serviceOf(asRecord(answer))
  }

  /** Throws SWARM_NAME_TAKEN, ENGINE_REFUSED for a spec that Swarm does not accept. */
  async create(
    spec: SwarmServiceSpec,
    { registryAuth, signal, deadlineMs = limitsMs.change }: ServiceCallOptions = {},
  ): Promise<{ readonly id: string; readonly warnings: readonly string[] }> {
    const answer = asRecord(
      await this.#api.json({
        action: 'create',
        object: `service ${spec.Name}`,
        method: 'POST',
        path: '/services/create',
        headers: registryAuthHeaders(registryAuth),
        body: spec,
        signal,
        deadlineMs,
      }),
    )
    return { id: asText(answer.ID), warnings: asArray(answer.Warnings).map(asText) }
  }

  /**
   * Replaces the spec. Without registryAuth Swarm keeps the credentials that the service has.
   * @param version of the service that the change was decided on; throws SWARM_CONFLICT when it is another now, SERVICE_UNKNOWN.
   * @param options with `rollback` Swarm takes its previous spec in place of the one given.
   */
  async update(
    id: string,
    version: number,
    spec: SwarmServiceSpec,
    {
      registryAuth,
      rollback = false,
      signal,
      deadlineMs = limitsMs.change,
    }: ServiceCallOptions & { readonly rollback?: boolean } = {},
  ): Promise<{ readonly warnings: readonly string[] }> {
    const answer = asRecord(
      await this.#api.json({
        action: rollback ? 'roll back' : 'update',
        object: `service ${spec.Name}`,
        method: 'POST',
        path: `/services/${encodeURIComponent(id)}/update`,
        query: { version, rollback: rollback ? 'previous' : undefined },
        headers: registryAuthHeaders(registryAuth),
        body: spec,
        signal,
        deadlineMs,
      }),
    )
    return { warnings: asArray(answer.Warnings).map(asText) }
  }

  /** With all its instances; one that is gone is done already. */
  async remove(id: string, { signal, deadlineMs = limitsMs.look }: CallOptions = {}): Promise<void> {
    await this.#api.jsonIfAny({
      action: 'remove',
      object: `service ${id}`,
      method: 'DELETE',
      path: `/services/${encodeURIComponent(id)}`,
      signal,
      deadlineMs,
    })
  }

  /** What the instances write, from all nodes, line by line; each with its time. Throws SERVICE_UNKNOWN. */
  logs(
    id: string,
    { follow = false, tail, since, signal, deadlineMs }: ServiceLogOptions = {},
  ): AsyncGenerator<ServiceLogLine> {
    return this.#api.follow(
      {
        action: 'read the log of',
        object: `service ${id}`,
        method: 'GET',
        path: `/services/${encodeURIComponent(id)}/logs`,
        query: {
          ...{ stdout: true, stderr: true, timestamps: true, details: true },
          ...{ follow, tail: tail ?? 'all', since },
        },
        signal,
        deadlineMs: deadlineMs ?? (follow ? undefined : limitsMs.change),
      },
      readServiceLog,
    )
  }
}
