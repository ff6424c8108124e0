// The Engine's networks and volumes, as far as an application needs its own.
import type { ApplicationNetwork } from '../model/application.ts'
import type { CallOptions, EngineApi } from './api.ts'
import { asArray, asRecord, asText } from './wire.ts'

const limitMs = 30_000

export class Networks {
  readonly #api: EngineApi

  constructor(api: EngineApi) {
    this.#api = api
  }

  /** Names of the networks that have all the labels. */
  async list(
    labels: readonly string[],
    { signal, deadlineMs = limitMs }: CallOptions = {},
  ): Promise<string[]> {
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
    return asArray(answer).map((network) => asText(asRecord(network).Name))
  }

  /** Makes the bridge network; CheckDuplicate, because Engines before 25 would make a second one of the same name. */
  async create(
    { name, labels }: ApplicationNetwork,
    { signal, deadlineMs = limitMs }: CallOptions = {},
  ): Promise<void> {
    await this.#api.json({
      action: 'create',
      object: `network ${name}`,
      method: 'POST',
      path: '/networks/create',
      body: { Name: name, Driver: 'bridge', CheckDuplicate: true, Labels: labels },
      signal,
      deadlineMs,
    })
  }

  /** One that is gone, or that a container still uses (403), is left as it is. */
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
      [403, 404, 409],
    )
  }
}
