// The Engine's images: look at, send as an archive, fetch as an archive, let it pull.
import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import type { CallOptions, EngineApi } from './api.ts'
import { refusedCall } from './engine-error.ts'
import { readJsonLines } from './json-lines.ts'
import { type RegistryAuth, registryAuthHeaders } from './registry-auth.ts'
import { asArray, asNumber, asRecord, asText } from './wire.ts'

export interface ImageDetails {
  /** `sha256:…` of its configuration: the same content has the same id everywhere. */
  readonly id: string
  readonly tags: readonly string[]
  /** `registry:5000/name@sha256:…`: what it was pulled as. */
  readonly digests: readonly string[]
  /** As Go names it: `amd64`, `arm64`, `arm`. */
  readonly architecture: string
  readonly sizeBytes: number
  /** Digests of the unpacked layers, lowest first. */
  readonly layers: readonly string[]
}

/** How far a transfer has come, in bytes; without a total nobody knows yet. */
export type OnProgress = (doneBytes: number, totalBytes: number | undefined) => void

export interface PullOptions extends CallOptions {
  readonly auth?: RegistryAuth | undefined
  /** `linux/arm64`; left out: what fits the Engine. */
  readonly platform?: string | undefined
  readonly onProgress?: OnProgress | undefined
}

const lookLimitMs = 20_000

/** A slow card unpacks a big layer for this long without a word. */
const transferSilenceMs = 120_000

export class Images {
  readonly #api: EngineApi
  readonly #place: string

  constructor(api: EngineApi, place: string) {
    this.#api = api
    this.#place = place
  }

  /** @returns undefined when the Engine does not have the image. */
  async inspect(
    reference: string,
    { signal, deadlineMs = lookLimitMs }: CallOptions = {},
  ): Promise<ImageDetails | undefined> {
    const answer = await this.#api.jsonIfAny({
      ...{
        action: 'look for',
        object: `image ${reference}`,
        method: 'GET',
        path: `/images/${reference}/json`,
      },
      signal,
      deadlineMs,
    })
    return answer === undefined ? undefined : detailsOf(answer)
  }

  /**
   * Sends a docker-archive (what `docker save` writes). Layers that the Engine has already may be missing in it.
   * @param reference for error texts only: the archive names its images itself.
   */
  async load(reference: string, archive: Readable, { signal }: CallOptions = {}): Promise<void> {
    await this.#transfer(
      {
        ...{
          action: 'send',
          object: `image ${reference}`,
          method: 'POST',
          path: '/images/load',
          query: { quiet: false },
        },
        stream: archive,
        signal,
        idleMs: transferSilenceMs,
      },
      () => {},
    )
  }

  /** The image as a docker-archive, handed to `use` as a stream while it comes. */
  async save<T>(
    reference: string,
    use: (archive: Readable) => Promise<T>,
    { signal }: CallOptions = {},
  ): Promise<T> {
    return this.#api.read(
      {
        action: 'read',
        object: `image ${reference}`,
        method: 'GET',
        path: `/images/${reference}/get`,
        signal,
        idleMs: transferSilenceMs,
      },
      use,
    )
  }

  /** Lets the Engine fetch the image from the registry that the reference names. */
  async pull(
    reference: string,
    { auth, platform, onProgress = () => {}, signal }: PullOptions = {},
  ): Promise<void> {
    const layers = new Map<string, { done: number; total: number }>()
    await this.#transfer(
      {
        action: 'pull',
        object: `image ${reference}`,
        method: 'POST',
        path: '/images/create',
        query: { fromImage: withTag(reference), platform },
        headers: registryAuthHeaders(auth),
        signal,
        idleMs: transferSilenceMs,
      },
      (line) => {
        const { id, status, progressDetail } = asRecord(line)
        const { current, total } = asRecord(progressDetail)
        if (status !== 'Downloading' || asNumber(total) === 0) return
        layers.set(asText(id), { done: asNumber(current), total: asNumber(total) })
        const sum = (part: 'done' | 'total'): number =>
          [...layers.values()].reduce((all, layer) => all + layer[part], 0)
        onProgress(sum('done'), sum('total'))
      },
    )
  }

  /** Gives the image one more name. */
  async tag(
    id: string,
    reference: string,
    { signal, deadlineMs = lookLimitMs }: CallOptions = {},
  ): Promise<void> {
    const [repo = '', tag = 'latest'] = splitTag(reference)
    await this.#api.json({
      action: 'tag',
      object: `image ${reference}`,
      method: 'POST',
      path: `/images/${id}/tag`,
      query: { repo, tag },
      signal,
      deadlineMs,
    })
  }

  /** Removes the name, and the image when it was its last one and nothing uses it; one that is gone or in use is left. */
  async remove(reference: string, { signal, deadlineMs = lookLimitMs }: CallOptions = {}): Promise<void> {
    await this.#api.jsonIfAny(
      {
        action: 'remove',
        object: `image ${reference}`,
        method: 'DELETE',
        path: `/images/${reference}`,
        signal,
        deadlineMs,
      },
      [404, 409],
    )
  }

  /** A transfer answers 200 at once and tells its failure in the stream. */
  async #transfer(call: Parameters<EngineApi['read']>[0], onLine: (line: unknown) => void): Promise<void> {
    const { action, object } = call
    await this.#api.read(call, async (answer: IncomingMessage) => {
      for await (const line of readJsonLines(answer)) {
        const { error } = asRecord(line)
        if (typeof error === 'string') throw refusedCall({ action, object, place: this.#place }, 500, error)
        onLine(line)
      }
    })
  }
}

function detailsOf(answer: unknown): ImageDetails {
  const wire = asRecord(answer)
  return {
    id: asText(wire.Id),
    tags: asArray(wire.RepoTags).map(asText),
    digests: asArray(wire.RepoDigests).map(asText),
    architecture: asText(wire.Architecture),
    sizeBytes: asNumber(wire.Size),
    layers: asArray(asRecord(wire.RootFS).Layers).map(asText),
  }
}

/** Without a tag the Engine would pull every tag of the repository. */
function withTag(reference: string): string {
  const [, tag] = splitTag(reference)
  return tag === undefined && !reference.includes('@') ? `${reference}:latest` : reference
}

/** `registry:5000/name:1.2` -> `registry:5000/name`, `1.2` */
function splitTag(reference: string): [string, string | undefined] {
  const colon = reference.indexOf(':', reference.lastIndexOf('/') + 1)
  return colon < 0 || reference.includes('@')
    ? [reference, undefined]
    : [reference.slice(0, colon), reference.slice(colon + 1)]
}
