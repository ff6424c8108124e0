// Pushes images of the image store to a registry: what is there already is not sent again.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { manifestTypes, type RegistryClient } from './registry-client.ts'
import { repositoryNameOf } from './repository-name.ts'
import type { StoredFile, StoredImage, StoredLayer } from './stored-image.ts'

/** What is needed of an image; `StoredImage` is one. */
export interface PushableImage extends Pick<StoredImage, 'reference' | 'manifest'> {
  /** As Go names it. */
  readonly architecture: string
  readonly config: StoredFile
  readonly layers: readonly Pick<StoredLayer, 'digest' | 'path' | 'compressedBytes'>[]
}

export interface PushedImage {
  readonly repository: string
  /** Of the image, or of the list where there are several architectures. */
  readonly digest: string
  readonly sentBytes: number
}

export interface PushOptions {
  readonly signal: AbortSignal
  /** Bytes of layers done, of all. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void
}

/** Layers that are sent side by side: a board's disk gains nothing from more. */
const parallelLayers = 3

interface Blob {
  readonly digest: string
  readonly path: string
  readonly bytes: number
}

/**
 * @param images the same reference, each for another architecture; several become a list, from which each node takes its own
 * @throws ShoalError REGISTRY_DOWN, PUSH_FAILED, STORAGE_FULL
 */
export async function pushImages(
  images: readonly PushableImage[],
  client: RegistryClient,
  { signal, onProgress = () => {} }: PushOptions,
): Promise<PushedImage> {
  const [first] = images
  if (first === undefined) throw new RangeError('no image to push')
  const { repository, name } = repositoryNameOf(first.reference)
  const blobs: readonly Blob[] = [
    ...new Map(
      images
        .flatMap(({ layers, config }) => [
          ...layers.map(({ digest, path, compressedBytes }) => ({ digest, path, bytes: compressedBytes })),
          config,
        ])
        .map((blob) => [blob.digest, blob]),
    ).values(),
  ]
  const sentBytes = await pushBlobs(repository, blobs, client, { signal, onProgress })
  const entries = []
  for (const image of images) {
    const bytes = await readFile(image.manifest.path)
    const { mediaType = manifestTypes.ociImage } = JSON.parse(bytes.toString('utf8')) as {
      mediaType?: string
    }
    const { digest } = image.manifest
    // Alone it bears the tag; in a list it is found by its digest.
    await client.putManifest(repository, images.length === 1 ? name : digest, { mediaType, bytes }, signal)
    const platform = { architecture: image.architecture, os: 'linux' }
    entries.push({ mediaType, digest, size: bytes.length, platform })
  }
  if (images.length === 1) return { repository, digest: first.manifest.digest, sentBytes }
  const list = { schemaVersion: 2, mediaType: manifestTypes.ociIndex, manifests: entries }
  const bytes = Buffer.from(JSON.stringify(list))
  await client.putManifest(repository, name, { mediaType: manifestTypes.ociIndex, bytes }, signal)
  return { repository, digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`, sentBytes }
}

/**
 * Each that the registry lacks, some side by side; the first that fails ends the others.
 * @returns bytes that were sent
 */
async function pushBlobs(
  repository: string,
  blobs: readonly Blob[],
  client: RegistryClient,
  { signal, onProgress }: Required<PushOptions>,
): Promise<number> {
  const failed = new AbortController()
  const either = AbortSignal.any([signal, failed.signal])
  const totalBytes = blobs.reduce((sum, { bytes }) => sum + bytes, 0)
  let doneBytes = 0
  let sentBytes = 0
  const onBytes = (bytes: number): void => {
    doneBytes += bytes
    onProgress(doneBytes, totalBytes)
  }
  const queue = [...blobs]
  const work = async (): Promise<void> => {
    for (let blob = queue.shift(); blob !== undefined; blob = queue.shift()) {
      const { digest, path, bytes } = blob
      if (await client.hasBlob(repository, digest, either)) {
        onBytes(bytes)
        continue
      }
      await client.putBlob(repository, { digest, bytes, open: () => readCounted(path, onBytes) }, either)
      sentBytes += bytes
    }
  }
  await Promise.all(
    Array.from({ length: parallelLayers }, () =>
      work().catch((error: unknown) => {
        failed.abort(error)
        throw error
      }),
    ),
  )
  return sentBytes
}

function readCounted(path: string, onBytes: (bytes: number) => void): Readable {
  const count = async function* (): AsyncGenerator<Buffer> {
    for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) {
      yield piece
      onBytes(piece.length)
    }
  }
  return Readable.from(count(), { objectMode: false })
}
