// Content-addressed files, as in an OCI image layout: blobs/sha256/HEX. A file appears whole or not at all.
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { asUnwritable } from './unwritable.ts'

export interface Blob {
  /** `sha256:HEX` of the file. */
  readonly digest: string
  readonly path: string
  readonly bytes: number
}

/** A file that no image names and that is younger may belong to a build that is under way. */
const graceMs = 3_600_000

export class Blobs {
  readonly #folder: string
  readonly #unfinished: string

  /** @param folder of the store. */
  constructor(folder: string) {
    this.#folder = join(folder, 'blobs', 'sha256')
    this.#unfinished = join(folder, 'unfinished')
  }

  path(digest: string): string {
    return join(this.#folder, digest.replace(/^sha256:/, ''))
  }

  /**
   * Writes what `source` gives, through `transforms`, into a blob.
   * @throws ShoalError FILE_UNWRITABLE; the signal's reason.
   */
  async write(
    source: AsyncIterable<unknown> | Iterable<Uint8Array>,
    transforms: readonly Transform[],
    signal: AbortSignal,
  ): Promise<Blob> {
    const unfinished = join(this.#unfinished, randomUUID())
    try {
      await mkdir(this.#folder, { recursive: true })
      await mkdir(this.#unfinished, { recursive: true })
      const meter = new HashMeter()
      const target = createWriteStream(unfinished, { flags: 'wx', flush: true })
      await pipeline([Readable.from(source), ...transforms, meter, target], { signal })
      const { digest, bytes } = meter.result()
      await rename(unfinished, this.path(digest))
      return { digest, bytes, path: this.path(digest) }
    } catch (error) {
      throw asUnwritable(error)
    } finally {
      await rm(unfinished, { force: true }).catch(() => {})
    }
  }

  /** Whether the blob is there with the bytes that its name promises. */
  async isWhole(digest: string): Promise<boolean> {
    const meter = new HashMeter()
    try {
      await pipeline(createReadStream(this.path(digest)), meter, discard)
    } catch {
      return false
    }
    return meter.result().digest === digest
  }

  async hasBytes(digest: string, bytes: number): Promise<boolean> {
    return await stat(this.path(digest)).then(
      ({ size }) => size === bytes,
      () => false,
    )
  }

  /** Keeps the blob from `sweep` for as long as a build may take. */
  async touch(digest: string): Promise<void> {
    const now = new Date()
    await utimes(this.path(digest), now, now)
  }

  /** Deletes the blobs that `kept` does not name, and what killed builds left, once they are old enough. */
  async sweep(kept: ReadonlySet<string>, now = Date.now()): Promise<void> {
    for (const folder of [this.#folder, this.#unfinished]) {
      for (const name of await readdir(folder).catch(() => [])) {
        if (folder === this.#folder && kept.has(`sha256:${name}`)) continue
        const path = join(folder, name)
        const age = await stat(path).then(
          ({ mtimeMs }) => now - mtimeMs,
          () => 0,
        )
        if (age > graceMs) await rm(path, { force: true })
      }
    }
  }
}

/** Passes bytes on, counts and hashes them. */
export class HashMeter extends Transform {
  readonly #hash = createHash('sha256')
  readonly #onBytes: (bytes: number) => void
  #bytes = 0

  /** @param onBytes is told how many bytes have passed so far. */
  constructor(onBytes: (bytes: number) => void = () => {}) {
    super()
    this.#onBytes = onBytes
  }

  override _transform(chunk: Buffer, _encoding: string, done: (error: null, chunk: Buffer) => void): void {
    this.#hash.update(chunk)
    this.#bytes += chunk.length
    this.#onBytes(this.#bytes)
    done(null, chunk)
  }

  /** Once, when the stream has ended. */
  result(): { digest: string; bytes: number } {
    return { digest: `sha256:${this.#hash.digest('hex')}`, bytes: this.#bytes }
  }
}

async function discard(source: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of source);
}
