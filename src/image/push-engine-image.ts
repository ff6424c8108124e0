// Pushes an image that a Docker Engine has: its archive is taken apart, its layers are compressed, and pushed like any other's.
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, posix } from 'node:path'
import { PassThrough, Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { extract } from 'tar-stream'
import { ShoalError } from '../model/errors.ts'
import { type PushableImage, type PushedImage, type PushOptions, pushImages } from './push-image.ts'
import { manifestTypes, type RegistryClient } from './registry-client.ts'

/** What is asked of an Engine. `Images` of src/engine is one. */
export interface ImageGiver {
  /** The image as `docker save` writes it. */
  save<T>(
    reference: string,
    use: (archive: Readable) => Promise<T>,
    options: { readonly signal: AbortSignal },
  ): Promise<T>
}

const mediaTypes = Object.freeze({
  config: 'application/vnd.docker.container.image.v1+json',
  layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
})

const longestJsonBytes = 4 * 1024 * 1024

interface Blob {
  /** `sha256:HEX` of the file as it is pushed. */
  readonly digest: string
  readonly path: string
  readonly bytes: number
}

/** Throws ShoalError REGISTRY_DOWN, PUSH_FAILED, and what the Engine refuses. */
export async function pushEngineImage(
  reference: string,
  engine: ImageGiver,
  client: RegistryClient,
  options: PushOptions,
): Promise<PushedImage> {
  const folder = await mkdtemp(join(tmpdir(), 'shoal-push-'))
  try {
    const { signal } = options
    const entries = await engine.save(reference, (archive) => takeApart(archive, folder, signal), { signal })
    return await pushImages([await assemble(reference, entries, folder)], client, options)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Paths in the archive to files in the folder; layers compressed, everything else as it is. */
class Entries {
  readonly #blobs = new Map<string, Blob>()
  readonly #links = new Map<string, string>()

  add(name: string, blob: Blob): void {
    this.#blobs.set(posix.normalize(name), blob)
  }

  link(name: string, target: string): void {
    this.#links.set(posix.normalize(name), posix.normalize(target))
  }

  /** A layer that two images share is a link to the other's. */
  get(name: string): Blob | undefined {
    const path = posix.normalize(name)
    const target = this.#links.get(path)
    return this.#blobs.get(path) ?? (target === undefined ? undefined : this.#blobs.get(target))
  }
}

async function takeApart(archive: Readable, folder: string, signal: AbortSignal): Promise<Entries> {
  const entries = new Entries()
  const tar = extract()
  let count = 0
  const read = (async () => {
    for await (const entry of tar) {
      const { name, type, linkname } = entry.header
      if (type === 'file')
        entries.add(name, await store(entry as AsyncIterable<Buffer>, join(folder, String(count++)), signal))
      else {
        if (type === 'symlink') entries.link(name, posix.join(posix.dirname(name), linkname ?? ''))
        else if (type === 'link') entries.link(name, linkname ?? '')
        entry.resume()
      }
    }
  })()
  await Promise.all([pipeline(archive, tar, { signal }), read])
  return entries
}

/** Compresses what is neither JSON nor compressed already: then it is a layer. */
async function store(entry: AsyncIterable<Buffer>, path: string, signal: AbortSignal): Promise<Blob> {
  const hash = createHash('sha256')
  let bytes = 0
  const count = new Transform({
    transform: (piece: Buffer, _, done) => {
      hash.update(piece)
      bytes += piece.length
      done(undefined, piece)
    },
  })
  const pieces = entry[Symbol.asyncIterator]()
  const first = await pieces.next()
  const [one, two] = first.done === true ? [] : first.value
  const isJson = one === 0x7b || one === 0x5b
  const isCompressed = one === 0x1f && two === 0x8b
  const packer = isJson || isCompressed || first.done === true ? new PassThrough() : createGzip()
  const whole = async function* (): AsyncGenerator<Buffer> {
    for (let next = first; next.done !== true; next = await pieces.next()) yield next.value
  }
  await pipeline(Readable.from(whole()), packer, count, createWriteStream(path), { signal })
  return { digest: `sha256:${hash.digest('hex')}`, path, bytes }
}

async function assemble(reference: string, entries: Entries, folder: string): Promise<PushableImage> {
  const damaged = (reason: string): ShoalError =>
    new ShoalError('PUSH_FAILED', {
      action: 'read',
      object: `image ${reference}`,
      place: 'this machine',
      reason,
    })
  const index = entries.get('manifest.json')
  if (index === undefined || index.bytes > longestJsonBytes)
    throw damaged('the Engine gave no archive of an image')
  const [image] = JSON.parse(await readFile(index.path, 'utf8')) as {
    readonly Config: string
    readonly Layers: readonly string[]
  }[]
  const config = image === undefined ? undefined : entries.get(image.Config)
  if (image === undefined || config === undefined)
    throw damaged('its configuration is missing in the archive')
  const layers = image.Layers.map((name) => {
    const layer = entries.get(name)
    if (layer === undefined) throw damaged(`layer ${name} is missing in the archive`)
    return layer
  })
  const { architecture = '' } = JSON.parse(await readFile(config.path, 'utf8')) as { architecture?: string }
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: manifestTypes.image,
    config: { mediaType: mediaTypes.config, size: config.bytes, digest: config.digest },
    layers: layers.map(({ bytes, digest }) => ({ mediaType: mediaTypes.layer, size: bytes, digest })),
  })
  const path = join(folder, 'manifest')
  await writeFile(path, manifest)
  return {
    reference,
    architecture,
    config,
    manifest: {
      digest: `sha256:${createHash('sha256').update(manifest).digest('hex')}`,
      path,
      bytes: Buffer.byteLength(manifest),
    },
    layers: layers.map(({ digest, path: file, bytes }) => ({ digest, path: file, compressedBytes: bytes })),
  }
}
