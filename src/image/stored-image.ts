// An image in the store: what its record says, and the reading of that record.
import type { Architecture } from './architecture.ts'
import { isArchitecture } from './architecture.ts'

/** A layer: a gzip-compressed tar, named by its bytes both ways. */
export interface StoredLayer {
  /** `sha256:HEX` of the tar: what an Engine knows the layer by. */
  readonly diffId: string
  /** `sha256:HEX` of the compressed file: what a registry knows it by. */
  readonly digest: string
  readonly path: string
  readonly compressedBytes: number
  readonly uncompressedBytes: number
  /** Hash of all that the layer was made from: the same inputs need no second build. */
  readonly inputs: string
  /** What is in it, for `docker history`. */
  readonly title: string
}

export interface StoredFile {
  readonly digest: string
  readonly path: string
  readonly bytes: number
}

export interface StoredImage {
  /** `shoal/compute:0.1.0` */
  readonly reference: string
  readonly architecture: Architecture
  /** `sha256:HEX` of the config: the id that an Engine gives the image. */
  readonly imageId: string
  /** OCI image config. */
  readonly config: StoredFile
  /** OCI image manifest; its digest is the image's name in a registry. */
  readonly manifest: StoredFile
  /** Lowest first. */
  readonly layers: readonly StoredLayer[]
}

/** What stands in the record: everything but the paths, which depend on where the store is. */
export function renderRecord(image: StoredImage): string {
  return `${JSON.stringify(image, (key, value) => (key === 'path' ? undefined : value), 2)}\n`
}

/**
 * @param pathOf the file of a digest.
 * @throws Error that names what is wrong.
 */
export function parseRecord(text: string, pathOf: (digest: string) => string): StoredImage {
  const record = new Fields(JSON.parse(text), 'image')
  const architecture = record.text('architecture')
  if (!isArchitecture(architecture)) throw new Error(`image.architecture: unknown "${architecture}"`)
  const file = (fields: Fields): StoredFile => {
    const digest = fields.digest('digest')
    return { digest, bytes: fields.count('bytes'), path: pathOf(digest) }
  }
  return {
    reference: record.text('reference'),
    architecture,
    imageId: record.digest('imageId'),
    config: file(record.fields('config')),
    manifest: file(record.fields('manifest')),
    layers: record.list('layers').map((layer) => {
      const digest = layer.digest('digest')
      return {
        diffId: layer.digest('diffId'),
        digest,
        path: pathOf(digest),
        compressedBytes: layer.count('compressedBytes'),
        uncompressedBytes: layer.count('uncompressedBytes'),
        inputs: layer.text('inputs'),
        title: layer.text('title'),
      }
    }),
  }
}

/** An object whose members have the types that are asked for, or an error that names the path. */
class Fields {
  readonly #members: Readonly<Record<string, unknown>>
  readonly #path: string

  constructor(value: unknown, path: string) {
    if (typeof value !== 'object' || value === null) throw new Error(`${path}: expected an object`)
    this.#members = value as Readonly<Record<string, unknown>>
    this.#path = path
  }

  text(key: string): string {
    const value = this.#members[key]
    if (typeof value !== 'string') throw new Error(`${this.#path}.${key}: expected a string`)
    return value
  }

  digest(key: string): string {
    const value = this.text(key)
    if (!/^sha256:[0-9a-f]{64}$/.test(value)) throw new Error(`${this.#path}.${key}: expected a digest`)
    return value
  }

  count(key: string): number {
    const value = this.#members[key]
    if (!Number.isSafeInteger(value)) throw new Error(`${this.#path}.${key}: expected a number`)
    return Number(value)
  }

  fields(key: string): Fields {
    return new Fields(this.#members[key], `${this.#path}.${key}`)
  }

  list(key: string): Fields[] {
    const value = this.#members[key]
    if (!Array.isArray(value)) throw new Error(`${this.#path}.${key}: expected a list`)
    return value.map((item, index) => new Fields(item, `${this.#path}.${key}[${index}]`))
  }
}
