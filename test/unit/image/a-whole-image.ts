// An image that registries and Engines take: real layers, a configuration and a manifest that name them.
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'
import type { Architecture } from '../../../src/image/architecture.ts'
import { imageConfig, imageManifest } from '../../../src/image/image-config.ts'
import type { ImageStore } from '../../../src/image/image-store.ts'
import type { StoredImage, StoredLayer } from '../../../src/image/stored-image.ts'

const signal = new AbortController().signal

/** `shoal/compute:1.0.0`; its files are in the store, its record is not. Images of two architectures share the lower layer. */
export async function aWholeImage(store: ImageStore, architecture: Architecture): Promise<StoredImage> {
  const write = (bytes: Buffer) => store.blobs.write([bytes], [], signal)
  const layer = async (title: string, content: string): Promise<StoredLayer> => {
    const tar = pack()
    tar.entry({ name: title, mtime: new Date(0) }, content)
    tar.finalize()
    const bytes = await buffer(tar)
    const [{ digest: diffId }, compressed] = [await write(bytes), await write(gzipSync(bytes))]
    return {
      ...{ diffId, digest: compressed.digest, path: compressed.path, compressedBytes: compressed.bytes },
      ...{ uncompressedBytes: bytes.length, inputs: `1:${title}`, title },
    }
  }
  const layers = [await layer('data', 'the same everywhere'), await layer('program', `for ${architecture}`)]
  const json = (value: object) => write(Buffer.from(JSON.stringify(value)))
  const config = await json(imageConfig({ service: 'compute', version: '1.0.0', architecture, layers }))
  const manifest = await json(imageManifest(config, layers))
  return { reference: 'shoal/compute:1.0.0', architecture, imageId: config.digest, config, manifest, layers }
}
