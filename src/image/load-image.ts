// Gives an image of the store to an Engine: only the layers that the Engine lacks travel.
import { Readable } from 'node:stream'
import { archiveBytes, layersToSend, openArchive } from './archive.ts'
import type { StoredImage } from './stored-image.ts'

/** What is asked of an Engine. `Images` of src/engine is one. */
export interface ImageReceiver {
  /** @returns undefined if the Engine does not have the image. */
  inspect(
    reference: string,
    options: { readonly signal: AbortSignal },
  ): Promise<{ readonly id: string; readonly layers: readonly string[] } | undefined>
  /** @param archive in the format of `docker save`. */
  load(reference: string, archive: Readable, options: { readonly signal: AbortSignal }): Promise<void>
}

export interface LoadImageOptions {
  readonly signal: AbortSignal
  /** References that may share layers with the image; its own is always looked at. */
  readonly relatives?: readonly string[]
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void
}

export interface LoadedImage {
  /** 0 if the Engine had the image already. */
  readonly sentBytes: number
}

/** Idempotent. Rejects with the Engine's error. */
export async function loadImage(
  image: StoredImage,
  engine: ImageReceiver,
  { signal, relatives = [], onProgress = () => {} }: LoadImageOptions,
): Promise<LoadedImage> {
  const own = await engine.inspect(image.reference, { signal })
  if (own?.id === image.imageId) return { sentBytes: 0 }
  const theirs = await Promise.all(
    [...new Set(relatives)].map((reference) => engine.inspect(reference, { signal })),
  )
  const without = [own, ...theirs]
    .map((there) => there?.layers ?? [])
    .reduce((best, layers) => (missing(image, layers) < missing(image, best) ? layers : best))
  const totalBytes = archiveBytes(image, { without })
  const archive = Readable.from(counted(openArchive(image, { without }), totalBytes, onProgress))
  await engine.load(image.reference, archive, { signal })
  return { sentBytes: totalBytes }
}

function missing(image: StoredImage, layers: readonly string[]): number {
  return layersToSend(image, layers).length
}

async function* counted(
  archive: Readable,
  totalBytes: number,
  onProgress: (doneBytes: number, totalBytes: number) => void,
): AsyncGenerator<Buffer> {
  let doneBytes = 0
  for await (const chunk of archive) {
    yield chunk
    doneBytes += chunk.length
    onProgress(doneBytes, totalBytes)
  }
}
