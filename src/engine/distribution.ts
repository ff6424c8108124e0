// What a registry says of an image, asked through the Engine.
import type { CallOptions, EngineApi } from './api.ts'
import { goArchitecture } from './platform.ts'
import { type RegistryAuth, registryAuthHeaders } from './registry-auth.ts'
import { asArray, asRecord, asText } from './wire.ts'

export interface DistributedImage {
  /** `sha256:…` of its manifest, or of the list of them. */
  readonly digest: string
  /** What it was built for; architectures as Go names them. */
  readonly platforms: readonly { readonly os: string; readonly architecture: string }[]
}

// The registry may be far away, and be asked for a manifest list and each manifest.
const limitMs = 30_000

export class Distribution {
  readonly #api: EngineApi

  constructor(api: EngineApi) {
    this.#api = api
  }

  /** Throws IMAGE_UNKNOWN, REGISTRY_DENIED, REGISTRY_UNREACHABLE. */
  async inspect(
    reference: string,
    auth: RegistryAuth | undefined,
    { signal, deadlineMs = limitMs }: CallOptions = {},
  ): Promise<DistributedImage> {
    const answer = asRecord(
      await this.#api.json({
        action: 'look up',
        object: `image ${reference}`,
        method: 'GET',
        path: `/distribution/${reference}/json`,
        headers: registryAuthHeaders(auth),
        signal,
        deadlineMs,
      }),
    )
    return {
      digest: asText(asRecord(answer.Descriptor).digest),
      platforms: asArray(answer.Platforms)
        .map(asRecord)
        .map(({ os, architecture }) => ({
          os: asText(os),
          architecture: goArchitecture(asText(architecture)),
        })),
    }
  }
}
