// From the image that a Compose file names to the one that nodes fetch: in the manager's registry, by its digest.
import type { Engine } from '../engine/engine.ts'
import type { RegistryClient } from '../image/registry-client.ts'
import { repositoryNameOf } from '../image/repository-name.ts'
import { type ResolvedImage, resolveImage } from '../image/resolve-image.ts'
import { ShoalError } from '../model/errors.ts'
import { parseImageReference } from '../model/image-reference.ts'

export interface ClusterImage {
  /** `10.77.0.1:5000/shoal/compute:0.1.0@sha256:…` */
  readonly image: string
  readonly platforms: ResolvedImage['platforms']
}

export interface ImageResolverOptions {
  readonly client: RegistryClient
  /** `10.77.0.1:5000` */
  readonly authority: string
  readonly engine: Pick<Engine, 'distribution'>
}

/** Images of Shoal's own: no other registry has them. */
const ownPrefix = 'shoal/'
const publicLookupMs = 8000

export class ImageResolver {
  readonly #client: RegistryClient
  readonly #authority: string
  readonly #engine: Pick<Engine, 'distribution'>
  readonly #known = new Map<string, ClusterImage>()

  constructor({ client, authority, engine }: ImageResolverOptions) {
    this.#client = client
    this.#authority = authority
    this.#engine = engine
  }

  /**
   * Asks the manager's registry, then the one that the name means.
   * @throws ShoalError IMAGE_UNKNOWN, REGISTRY_DOWN
   */
  async resolve(reference: string, signal: AbortSignal): Promise<ClusterImage> {
    const own = await this.#resolveOwn(reference, signal)
    const found = own ?? (await this.#resolvePublic(reference, signal))
    this.#known.set(reference, found)
    return found
  }

  /** As it was resolved last; an activation does not wait for a registry. */
  known(reference: string): ClusterImage | undefined {
    return this.#known.get(reference)
  }

  /** Those that the manager's registry lacks. */
  async missing(references: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
    const found = await Promise.all(
      [...new Set(references)].map(async (reference) =>
        (await this.#resolveOwn(reference, signal)) === undefined ? [reference] : [],
      ),
    )
    return found.flat()
  }

  async #resolveOwn(reference: string, signal: AbortSignal): Promise<ClusterImage | undefined> {
    const resolved = await resolveImage(reference, this.#client, signal)
    if (resolved === undefined) return undefined
    const { name } = repositoryNameOf(reference)
    const tag = name.startsWith('sha256:') ? '' : `:${name}`
    return {
      image: `${this.#authority}/${resolved.repository}${tag}@${resolved.digest}`,
      platforms: resolved.platforms,
    }
  }

  async #resolvePublic(reference: string, signal: AbortSignal): Promise<ClusterImage> {
    const unknown = (reason: string) =>
      new ShoalError('IMAGE_UNKNOWN', {
        action: 'find',
        object: `image ${reference}`,
        place: `registry ${this.#authority}`,
        reason,
        nextStep: `build or load it on your machine; shoal deploy pushes it from there, and so does: shoal image push ${reference}`,
      })
    if (reference.startsWith(ownPrefix)) throw unknown('the registry of the manager has none of that name')
    try {
      const { digest, platforms } = await this.#engine.distribution.inspect(reference, undefined, {
        signal,
        deadlineMs: publicLookupMs,
      })
      const parsed = parseImageReference(reference)
      const plain = parsed.ok && parsed.reference.digest !== undefined ? reference : `${reference}@${digest}`
      return { image: plain, platforms }
    } catch (error) {
      signal.throwIfAborted()
      const why = error instanceof ShoalError ? error.reason : String(error)
      throw unknown(`the registry of the manager has none of that name, and the one that it names: ${why}`)
    }
  }
}
