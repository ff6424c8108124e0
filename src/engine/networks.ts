// The Engine's networks: bridges of its own and, at a manager, the overlays of the Swarm.
import type { CallOptions, EngineApi } from './api.ts'
import { asArray, asRecord, asText, asTextMap, type WireRecord } from './wire.ts'

export interface EngineNetwork {
  readonly id: string
  readonly name: string
  /** `bridge`, `overlay`, `host` … */
  readonly driver: string
  readonly scope: 'local' | 'swarm'
  readonly attachable: boolean
  readonly internal: boolean
  readonly labels: Readonly<Record<string, string>>
}

export interface NewNetwork {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  /** Default `bridge`; `overlay` spans the nodes of the Swarm. */
  readonly driver?: string | undefined
  /** Whether containers that are no instances of Swarm may be on it too. */
  readonly attachable?: boolean | undefined
  /** Without a way out. */
  readonly internal?: boolean | undefined
  readonly ipv6?: boolean | undefined
  readonly options?: Readonly<Record<string, string>> | undefined
  /** As the Engine API has it. */
  readonly ipam?: object | undefined
}

const limitMs = 30_000

export class Networks {
  readonly #api: EngineApi

  constructor(api: EngineApi) {
    this.#api = api
  }

  /** Those that have all the labels. */
  async list(
    labels: readonly string[],
    { signal, deadlineMs = limitMs }: CallOptions = {},
  ): Promise<EngineNetwork[]> {
    const answer = await this.#api.json({
      ...{
        action: 'list',
        object: 'networks',
        method: 'GET',
        path: '/networks',
        query: { filters: { label: labels } },
      },
      signal,
      deadlineMs,
    })
    return asArray(answer).map(asRecord).map(networkOf)
  }

  /** @returns its id. CheckDuplicate, because Engines before 25 would make a second one of the same name. Throws SWARM_NAME_TAKEN. */
  async create(
    { name, labels, driver = 'bridge', attachable, internal, ipv6, options, ipam }: NewNetwork,
    { signal, deadlineMs = limitMs }: CallOptions = {},
  ): Promise<string> {
    const answer = await this.#api.json({
      action: 'create',
      object: `network ${name}`,
      method: 'POST',
      path: '/networks/create',
      body: {
        ...{ Name: name, Driver: driver, CheckDuplicate: true, Labels: labels },
        ...{ Attachable: attachable, Internal: internal, EnableIPv6: ipv6, Options: options, IPAM: ipam },
      },
      signal,
      deadlineMs,
    })
    return asText(asRecord(answer).Id)
  }

  /** @param name or id. One that is gone, or that a container or service still uses (403; 400 for an overlay), is left as it is. */
  async remove(name: string, { signal, deadlineMs = limitMs }: CallOptions = {}): Promise<void> {
    await this.#api.jsonIfAny(
      {
        ...{
          action: 'remove',
          object: `network ${name}`,
          method: 'DELETE',
          path: `/networks/${encodeURIComponent(name)}`,
        },
        signal,
        deadlineMs,
      },
      [400, 403, 404, 409],
    )
  }
}

function networkOf(wire: WireRecord): EngineNetwork {
  return {
    id: asText(wire.Id),
    name: asText(wire.Name),
    driver: asText(wire.Driver),
    scope: wire.Scope === 'swarm' ? 'swarm' : 'local',
    attachable: wire.Attachable === true,
    internal: wire.Internal === true,
    labels: asTextMap(wire.Labels),
  }
}
