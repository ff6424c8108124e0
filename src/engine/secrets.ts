// The Swarm's secrets: like configs, but encrypted at rest and never handed out again. The Engine must be a manager.
import type { CallOptions, EngineApi } from './api.ts'
import type { NewSwarmFile, SwarmConfig } from './configs.ts'
import { asArray, asRecord, asText, asTextMap, asTimeMs, type WireRecord } from './wire.ts'

export type SwarmSecret = Omit<SwarmConfig, 'data'>

const limitMs = 20_000

export class Secrets {
  readonly #api: EngineApi

  constructor(api: EngineApi) {
    this.#api = api
  }

  /** Those that have all the labels: `name` or `name=value`. */
  async list(
    labels: readonly string[],
    { signal, deadlineMs = limitMs }: CallOptions = {},
  ): Promise<SwarmSecret[]> {
    const answer = await this.#api.json({
      action: 'list',
      object: 'secrets',
      method: 'GET',
      path: '/secrets',
      query: { filters: { label: labels } },
      signal,
      deadlineMs,
    })
    return asArray(answer).map(asRecord).map(secretOf)
  }

  /** @returns its id. Throws SWARM_NAME_TAKEN; a secret cannot be changed, only made anew under another name. */
  async create(
    { name, data, labels }: NewSwarmFile,
    { signal, deadlineMs = limitMs }: CallOptions = {},
  ): Promise<string> {
    const answer = await this.#api.json({
      action: 'create',
      object: `secret ${name}`,
      method: 'POST',
      path: '/secrets/create',
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
      object: `secret ${id}`,
      method: 'DELETE',
      path: `/secrets/${encodeURIComponent(id)}`,
      signal,
      deadlineMs,
    })
  }
}

function secretOf(wire: WireRecord): SwarmSecret {
  const spec = asRecord(wire.Spec)
  return {
    id: asText(wire.ID),
    name: asText(spec.Name),
    labels: asTextMap(spec.Labels),
    createdAtMs: asTimeMs(wire.CreatedAt),
  }
}
