// What a registry has under a name: the digest that never changes, and the platforms that it is built for.
import { ShoalError } from '../model/errors.ts'
import { manifestTypes, type RegistryClient } from './registry-client.ts'
import { repositoryNameOf } from './repository-name.ts'

export interface ResolvedImage {
  readonly repository: string
  /** `sha256:HEX` */
  readonly digest: string
  readonly platforms: readonly { readonly os: string; readonly architecture: string }[]
}

/** @returns undefined where the registry has none of that name; throws ShoalError REGISTRY_DOWN, REGISTRY_DAMAGED, PUSH_FAILED */
export async function resolveImage(
  reference: string,
  client: RegistryClient,
  signal: AbortSignal,
): Promise<ResolvedImage | undefined> {
  const { repository, name } = repositoryNameOf(reference)
  const manifest = await client.manifest(repository, name, signal)
  if (manifest === undefined) return undefined
  const body = parse(manifest.bytes, reference) as {
    readonly manifests?: readonly {
      readonly platform?: { readonly os?: string; readonly architecture?: string }
    }[]
    readonly config?: { readonly digest?: string }
  }
  const isList = manifest.mediaType === manifestTypes.list || manifest.mediaType === manifestTypes.ociIndex
  if (isList) {
    const platforms = (body.manifests ?? []).flatMap(({ platform }) =>
      platform?.architecture === undefined || platform.architecture === 'unknown'
        ? []
        : [{ os: platform.os ?? 'linux', architecture: platform.architecture }],
    )
    return { repository, digest: manifest.digest, platforms }
  }
  const config =
    body.config?.digest === undefined ? undefined : await client.blob(repository, body.config.digest, signal)
  const { os = 'linux', architecture } = (config === undefined ? {} : parse(config, reference)) as {
    readonly os?: string
    readonly architecture?: string
  }
  return {
    repository,
    digest: manifest.digest,
    platforms: architecture === undefined ? [] : [{ os, architecture }],
  }
}

function parse(bytes: Buffer, reference: string): object {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // Told below, with what was asked for.
  }
  throw new ShoalError('REGISTRY_DAMAGED', {
    action: 'look up',
    object: `image ${reference}`,
    place: 'the registry',
    reason: 'what it has under that name is no description of an image',
    nextStep: `push it once more: shoal image push ${reference}`,
  })
}
