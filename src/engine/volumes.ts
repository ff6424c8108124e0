// The Engine's named volumes: which there are, and away with those that a failed activation made.
import type { CallOptions, EngineApi } from './api.ts'
import { asArray, asRecord, asText } from './wire.ts'

const limitMs = 30_000

export class Volumes {
  readonly #api: EngineApi

  constructor(api: EngineApi) {
    this.#api = api
  }

  /** Names of all volumes. */
  async list({ signal, deadlineMs = limitMs }: CallOptions = {}): Promise<string[]> {
    const answer = await this.#api.json({
      action: 'list',
      object: 'volumes',
      method: 'GET',
      path: '/volumes',
      signal,
      deadlineMs,
    })
    return asArray(asRecord(answer).Volumes).map((volume) => asText(asRecord(volume).Name))
  }

  /** One that is gone, or in use (409), is left as it is. */
  async remove(name: string, { signal, deadlineMs = limitMs }: CallOptions = {}): Promise<void> {
    await this.#api.jsonIfAny(
      {
        ...{
          action: 'remove',
          object: `volume ${name}`,
          method: 'DELETE',
          path: `/volumes/${encodeURIComponent(name)}`,
        },
        signal,
        deadlineMs,
      },
      [404, 409],
    )
  }
}
