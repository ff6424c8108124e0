// An image as one tar stream for `POST /images/load`: Docker's own archive format, and an OCI image layout when it is complete.
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Pack, pack } from 'tar-stream'
import type { StoredImage, StoredLayer } from './stored-image.ts'

export interface ArchiveOptions {
  /**
   * diffIds, lowest first, of layers that the Engine has one upon the other. What the image shares with them from the bottom up is
   * left out: an Engine opens the file of a layer only if it does not know the chain of layers up to it (moby,
   * image/tarexport/load.go).
   */
  readonly without?: readonly string[]
}

const blockBytes = 512
/** Two blocks of zeros end a tar. */
const endBytes = 2 * blockBytes
const noTime = new Date(0)

interface ArchiveFile {
  readonly name: string
  readonly bytes: number
  readonly content: Buffer | { readonly path: string }
}

/** Starts to read when it is read from; destroying it closes its files. */
export function openArchive(image: StoredImage, options: ArchiveOptions = {}): Readable {
  return Readable.from(packFiles(archiveFiles(image, options)), { objectMode: false })
}

/** The length of the stream that `openArchive` gives for the same arguments. */
export function archiveBytes(image: StoredImage, options: ArchiveOptions = {}): number {
  return archiveFiles(image, options).reduce(
    (sum, { bytes }) => sum + blockBytes + Math.ceil(bytes / blockBytes) * blockBytes,
    endBytes,
  )
}

/** The layers that an archive carries: all from the first that differs. */
export function layersToSend(image: StoredImage, without: readonly string[]): readonly StoredLayer[] {
  const firstDifferent = image.layers.findIndex(({ diffId }, index) => diffId !== without[index])
  return firstDifferent < 0 ? [] : image.layers.slice(firstDifferent)
}

function archiveFiles(image: StoredImage, { without = [] }: ArchiveOptions): ArchiveFile[] {
  const { config, manifest } = image
  const sent = layersToSend(image, without)
  const dockerManifest = [
    {
      Config: blobName(config.digest),
      RepoTags: [image.reference],
      Layers: image.layers.map(({ digest }) => blobName(digest)),
    },
  ]
  const files = [
    jsonFile('manifest.json', dockerManifest),
    { name: blobName(config.digest), bytes: config.bytes, content: config },
    ...sent.map(({ digest, path, compressedBytes }) => ({
      name: blobName(digest),
      bytes: compressedBytes,
      content: { path },
    })),
  ]
  // An OCI layout promises all its blobs.
  if (sent.length < image.layers.length) return files
  return [
    jsonFile('oci-layout', { imageLayoutVersion: '1.0.0' }),
    jsonFile('index.json', ociIndex(image)),
    { name: blobName(manifest.digest), bytes: manifest.bytes, content: manifest },
    ...files,
  ]
}

function ociIndex({ reference, architecture, manifest }: StoredImage): object {
  return {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [
      {
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        digest: manifest.digest,
        size: manifest.bytes,
        platform: { os: 'linux', architecture },
        annotations: {
          'io.containerd.image.name': `docker.io/${reference}`,
          'org.opencontainers.image.ref.name': reference.split(':').at(-1),
        },
      },
    ],
  }
}

function blobName(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`
}

function jsonFile(name: string, value: unknown): ArchiveFile {
  const content = Buffer.from(JSON.stringify(value))
  return { name, bytes: content.length, content }
}

async function* packFiles(files: readonly ArchiveFile[]): AsyncGenerator<Buffer> {
  const tar = pack()
  const written = fill(tar, files)
  // Its failure reaches the reader through the pack; this only keeps it from counting as unhandled.
  written.catch(() => {})
  try {
    for await (const chunk of tar) yield chunk as Buffer
    await written
  } finally {
    tar.destroy()
  }
}

async function fill(tar: Pack, files: readonly ArchiveFile[]): Promise<void> {
  try {
    for (const { name, bytes, content } of files) {
      const header = { name, size: bytes, mode: 0o644, mtime: noTime }
      if (Buffer.isBuffer(content)) tar.entry(header, content)
      else await pipeline(createReadStream(content.path), tar.entry(header))
    }
    tar.finalize()
  } catch (error) {
    tar.destroy(error instanceof Error ? error : new Error(String(error)))
  }
}
