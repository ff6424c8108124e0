// The folder of built images: blobs/ holds their layers, images/ one record an image. Readers need no lock, writers neither:
// every file appears whole, and a blob is there before a record names it.
import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { ShoalError } from '../model/errors.ts'
import { type Architecture, architectureOf } from './architecture.ts'
import { Blobs } from './blobs.ts'
import { parseRecord, renderRecord, type StoredImage } from './stored-image.ts'
import { asUnwritable } from './unwritable.ts'

const recordSuffix = '.json'

export class ImageStore {
  readonly folder: string
  readonly blobs: Blobs

  constructor({ folder }: { readonly folder: string }) {
    this.folder = folder
    this.blobs = new Blobs(folder)
  }

  get #records(): string {
    return join(this.folder, 'images')
  }

  /**
   * All images, sorted by reference and architecture. An absent folder holds none.
   * @throws ShoalError IMAGE_STORE_DAMAGED if a record is not one, FILE_UNREADABLE if the folder cannot be listed.
   */
  async list(): Promise<StoredImage[]> {
    const names = await this.#recordNames()
    const images = await Promise.all(
      names.filter((name) => name.endsWith(recordSuffix)).map((name) => this.#read(name)),
    )
    return images.filter((image) => image !== undefined).sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))
  }

  /**
   * @param reference as the image was built: `shoal/compute:0.1.0`.
   * @param architecture default: this machine's, else whichever there is.
   * @throws ShoalError IMAGE_STORE_DAMAGED if a file of the image is missing or of another size than when it was written.
   */
  async find(reference: string, architecture?: Architecture): Promise<StoredImage | undefined> {
    const own = architectureOf(process.arch)
    const candidates = (await this.list()).filter(
      (image) =>
        image.reference === reference && (architecture === undefined || image.architecture === architecture),
    )
    const image = candidates.find((candidate) => candidate.architecture === own) ?? candidates[0]
    if (image !== undefined) await this.#requireWhole(image)
    return image
  }

  /** Adds the image, or puts it in the place of the one with the same reference and architecture; then forgets unused layers. */
  async put(image: StoredImage): Promise<void> {
    const unfinished = join(this.#records, `.${randomUUID()}`)
    try {
      await mkdir(this.#records, { recursive: true })
      await writeFile(unfinished, renderRecord(image), { flush: true })
      await rename(unfinished, join(this.#records, recordName(image.reference, image.architecture)))
    } catch (error) {
      throw asUnwritable(error)
    } finally {
      await rm(unfinished, { force: true }).catch(() => {})
    }
    const kept = new Set((await this.list()).flatMap(digestsOf))
    await this.blobs.sweep(kept)
  }

  async #recordNames(): Promise<string[]> {
    try {
      return await readdir(this.#records)
    } catch (error) {
      if (isAbsent(error)) return []
      throw new ShoalError('FILE_UNREADABLE', {
        action: 'list',
        object: 'the image store',
        place: this.#records,
        reason: error instanceof Error ? error.message : String(error),
        cause: error,
      })
    }
  }

  async #read(name: string): Promise<StoredImage | undefined> {
    const path = join(this.#records, name)
    try {
      return parseRecord(await readFile(path, 'utf8'), (digest) => this.blobs.path(digest))
    } catch (error) {
      if (isAbsent(error)) return undefined
      throw new ShoalError('IMAGE_STORE_DAMAGED', {
        action: 'read',
        object: path,
        reason: error instanceof Error ? error.message : String(error),
        nextStep: `delete the file and build the image again`,
        cause: error,
      })
    }
  }

  async #requireWhole(image: StoredImage): Promise<void> {
    const files = [
      image.config,
      image.manifest,
      ...image.layers.map(({ digest, path, compressedBytes }) => ({ digest, path, bytes: compressedBytes })),
    ]
    for (const { digest, path, bytes } of files) {
      if (await this.blobs.hasBytes(digest, bytes)) continue
      throw new ShoalError('IMAGE_STORE_DAMAGED', {
        action: 'find',
        object: image.reference,
        place: this.folder,
        reason: `${path} is missing or is not ${bytes} bytes long`,
        nextStep: 'shoal image build mends it',
      })
    }
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

function digestsOf(image: StoredImage): string[] {
  return [image.config.digest, image.manifest.digest, ...image.layers.map(({ digest }) => digest)]
}

function sortKey({ reference, architecture }: StoredImage): string {
  return `${reference} ${architecture}`
}

function recordName(reference: string, architecture: Architecture): string {
  return `${encodeURIComponent(reference)}.${architecture}${recordSuffix}`
}
