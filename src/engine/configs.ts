// The Swarm's configs: small files that it keeps and hands to instances. The Engine must be a manager.
import type { CallOptions, EngineApi } from './api.ts'
import { asArray, asRecord, asText, asTextMap, asTimeMs, type WireRecord } from './wire.ts'

export interface SwarmConfig {
  readonly id: string
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly data: Uint8Array
  /** Milliseconds since 1970 by the manager's clock. */
  readonly createdAtMs: number
}

export interface NewSwarmFile {
  readonly name: string
  /** At most 500 KiB in a secret, 1,000 KiB in a config. */
  readonly data: Uint8Array
  readonly labels: Readonly<Record<string, string>>
}

const limitMs = 20_000

export class Configs {
  readonly #api: EngineApi

  constructor(api: EngineApi) {
    this.#api = api
  }

  /** Those that have all the labels: `name` or `name=value`. */
  async list(
    labels: readonly string[],
    { signal, deadlineMs = limitMs }: CallOptions = {},
  ): Promise<SwarmConfig[]> {
    const answer = await this.#api.json({
      action: 'list',
      object: 'configs',
      method: 'GET',
      path: '/configs',
      query: { filters: { label: labels } },
      signal,
      deadlineMs,
    })
    return asArray(answer).map(asRecord).map(configOf)
  }

  /** @returns its id. Throws SWARM_NAME_TAKEN; a config cannot be changed, only made anew under another name. */
  async create(
    { name, data, labels }: NewSwarmFile,
    { signal, deadlineMs = limitMs }: CallOptions = {},
  ): Promise<string> {
    const answer = await this.#api.json({
      action: 'create',
      object: `config ${name}`,
      method: 'POST',
      path: '/configs/create',
      body: { Name: name, Labels: labels, Data: Buffer.from(data).toString('base64') },
      signal,
      deadlineMs,
    })
    return asText(asRecord(answer).ID)
  }

  /** One that is gone is done already. Throws SWARM_IN_USE. */
  async remove(id: string, { signal, deadlineMs = limitMs }: CallOptions = {}): Promise<void> {
    await this.#api.jsonIfAny({
      action: 'remove',
      object: `config ${id}`,
      method: 'DELETE',
      path: `/configs/${encodeURIComponent(id)}`,
      signal,
      deadlineMs,
    })
  }
}

function configOf(wire: WireRecord): SwarmConfig {
  const spec = asRecord(wire.Spec)
  return {
    id: asText(wire.ID),
    name: asText(spec.Name),
    labels: asTextMap(spec.Labels),
    data: new Uint8Array(Buffer.from(asText(spec.Data), 'base64')),
    createdAtMs: asTimeMs(wire.CreatedAt),
  }
}
