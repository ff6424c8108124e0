// A small image in a store, with two layers of real bytes.
import { gzipSync } from 'node:zlib'
import type { ImageStore } from '../../../src/image/image-store.ts'
import type { StoredImage, StoredLayer } from '../../../src/image/stored-image.ts'

const signal = new AbortController().signal

/** Not put into the store yet: its files are there, its record is not. */
export async function anImage(store: ImageStore): Promise<StoredImage> {
  const write = (bytes: Buffer) => store.blobs.write([bytes], [], signal)
  const layer = async (title: string, size: number): Promise<StoredLayer> => {
    const tar = Buffer.alloc(size, title)
    const compressed = await write(gzipSync(tar))
    const { digest: diffId } = await write(tar)
    return {
      diffId,
      digest: compressed.digest,
      path: compressed.path,
      compressedBytes: compressed.bytes,
      uncompressedBytes: size,
      inputs: `1:${title}`,
      title,
    }
  }
  const config = await write(Buffer.from('{"os":"linux"}'))
  const manifest = await write(Buffer.from('{"schemaVersion":2}'))
  return {
    reference: 'shoal/compute:1.0.0',
    architecture: 'amd64',
    imageId: config.digest,
    config,
    manifest,
    layers: [await layer('the runtime', 300_000), await layer('the service', 512)],
  }
}
