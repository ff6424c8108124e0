// Brings the images of an application that this machine has into the manager's registry, where they are not there as they are here.
import { Engine } from '../engine/engine.ts'
import type { ImageStore } from '../image/image-store.ts'
import { pushEngineImage } from '../image/push-engine-image.ts'
import { type PushableImage, pushImages } from '../image/push-image.ts'
import { manifestTypes, RegistryClient } from '../image/registry-client.ts'
import { repositoryNameOf } from '../image/repository-name.ts'
import { ShoalError } from '../model/errors.ts'
import { parseImageReference } from '../model/image-reference.ts'

export interface LocalImages {
  readonly store: ImageStore
  /** Of this machine's Engine, which may not run. */
  readonly engineSocket: string
}

export interface PushLocalOptions {
  /** `http://10.77.0.1:8480`: its `/v2/` leads to the registry. */
  readonly managerUrl: string
  readonly signal: AbortSignal
  /** Tells what would be sent, and sends nothing. */
  readonly dryRun: boolean
  readonly onStart: (reference: string) => void
  readonly onProgress: (reference: string, doneBytes: number, totalBytes: number) => void
  readonly onWarning: (text: string) => void
}

export interface PushedLocal {
  readonly reference: string
  readonly from: 'image store' | 'Docker Engine of this machine'
  readonly architectures: readonly string[]
}

/**
 * An image that this machine does not have is left to the manager, which may know it from elsewhere.
 * @returns those that were sent, or would be
 * @throws ShoalError REGISTRY_DOWN, PUSH_FAILED, IMAGE_STORE_DAMAGED
 */
export async function pushLocalImages(
  references: readonly string[],
  { store, engineSocket }: LocalImages,
  options: PushLocalOptions,
): Promise<readonly PushedLocal[]> {
  const client = new RegistryClient({ baseUrl: options.managerUrl })
  const stored = await store.list()
  const pushed: PushedLocal[] = []
  for (const reference of new Set(references)) {
    // A digest means exactly one image; what is sent under it would have to be that very one.
    const parsed = parseImageReference(reference)
    if (!parsed.ok || parsed.reference.digest !== undefined) continue
    const known = stored.filter((image) => image.reference === reference)
    const sent =
      known.length > 0
        ? await pushStored(reference, known, store, client, options)
        : await pushFromEngine(reference, engineSocket, client, options)
    if (sent !== undefined) pushed.push(sent)
  }
  return pushed
}

async function pushStored(
  reference: string,
  known: readonly (PushableImage & { readonly architecture: 'amd64' | 'arm64' })[],
  store: ImageStore,
  client: RegistryClient,
  { signal, dryRun, onStart, onProgress, onWarning }: PushLocalOptions,
): Promise<PushedLocal | undefined> {
  const there = await describeThere(reference, client, signal)
  if (known.every(({ manifest }) => there.digests.has(manifest.digest))) return undefined
  const own = known.map(({ architecture }) => architecture)
  const lost = [...there.architectures].filter((architecture) => !own.some((each) => each === architecture))
  if (lost.length > 0) {
    onWarning(
      `${reference}: the registry has it for ${lost.join(', ')} too, and what is sent now is for ${own.join(', ')} only; shoal image build --arch builds the others`,
    )
  }
  if (!dryRun) {
    onStart(reference)
    // `find` sees to it that every file is whole.
    const whole = await Promise.all(own.map((architecture) => store.find(reference, architecture)))
    await pushImages(
      whole.filter((image) => image !== undefined),
      client,
      { signal, onProgress: (done, total) => onProgress(reference, done, total) },
    )
  }
  return { reference, from: 'image store', architectures: own }
}

async function pushFromEngine(
  reference: string,
  socketPath: string,
  client: RegistryClient,
  { signal, dryRun, onStart, onProgress }: PushLocalOptions,
): Promise<PushedLocal | undefined> {
  const engine = new Engine({ socketPath, place: 'this machine' })
  try {
    const image = await engine.images.inspect(reference, { signal }).catch((error: unknown) => {
      if (error instanceof ShoalError && (error.code === 'ENGINE_ABSENT' || error.code === 'ENGINE_DENIED'))
        return undefined
      throw error
    })
    if (image === undefined) return undefined
    const there = await describeThere(reference, client, signal)
    if (
      there.configs.has(image.id) ||
      image.digests.some((digest) => there.digests.has(digest.split('@')[1] ?? ''))
    )
      return undefined
    if (!dryRun) {
      onStart(reference)
      await pushEngineImage(reference, engine.images, client, {
        signal,
        onProgress: (done, total) => onProgress(reference, done, total),
      })
    }
    return { reference, from: 'Docker Engine of this machine', architectures: [image.architecture] }
  } finally {
    engine.close()
  }
}

interface ThereNow {
  /** Of manifests: of the image, or of those in the list, and of the list. */
  readonly digests: ReadonlySet<string>
  /** Of configs: what an Engine calls the image. */
  readonly configs: ReadonlySet<string>
  readonly architectures: ReadonlySet<string>
}

/** What the registry has under the name now. */
async function describeThere(
  reference: string,
  client: RegistryClient,
  signal: AbortSignal,
): Promise<ThereNow> {
  const { repository, name } = repositoryNameOf(reference)
  const manifest = await client.manifest(repository, name, signal)
  if (manifest === undefined) return { digests: new Set(), configs: new Set(), architectures: new Set() }
  const body = JSON.parse(manifest.bytes.toString('utf8')) as {
    readonly config?: { readonly digest?: string }
    readonly manifests?: readonly {
      readonly digest?: string
      readonly platform?: { readonly architecture?: string }
    }[]
  }
  const isList = manifest.mediaType === manifestTypes.list || manifest.mediaType === manifestTypes.ociIndex
  const members = isList ? (body.manifests ?? []) : []
  return {
    digests: new Set([manifest.digest, ...members.flatMap(({ digest }) => digest ?? [])]),
    configs: new Set(body.config?.digest === undefined ? [] : [body.config.digest]),
    architectures: new Set(members.flatMap(({ platform }) => platform?.architecture ?? [])),
  }
}
