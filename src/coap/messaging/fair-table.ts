// A table bounded in bytes that no single peer can empty of the others' entries.
import type { Clock } from '../clock.ts'
import { addressBucket, bucketCount, hashSeed } from './address-bucket.ts'

/** What a table holds; users add fields of their own. */
export abstract class FairEntry {
  readonly key: string
  readonly bucket: number
  /** What it is charged: roughly the memory it keeps alive. */
  bytes: number
  expiresAtMs = 0
  older: FairEntry | undefined = undefined
  newer: FairEntry | undefined = undefined

  constructor(key: string, bucket: number, bytes: number) {
    this.key = key
    this.bucket = bucket
    this.bytes = bytes
  }
}

interface Bucket {
  bytes: number
  oldest: FairEntry | undefined
  newest: FairEntry | undefined
}

export interface TableUse {
  readonly entries: number
  readonly bytes: number
  readonly limitBytes: number
}

/**
 * Entries belong to peers, peers fall into buckets by their address. A full table drops the oldest entry of the fullest bucket, as
 * FQ-CoDel drops from the fattest queue (RFC 8290 §4.1): who fills the table pays for it, and finding the fullest of 64 is a fixed,
 * small cost, however many addresses a flood pretends to come from.
 */
export class FairTable<Entry extends FairEntry> {
  readonly #entries = new Map<string, Entry>()
  readonly #buckets: readonly Bucket[] = Array.from({ length: bucketCount }, () => ({
    bytes: 0,
    oldest: undefined,
    newest: undefined,
  }))
  readonly #limitBytes: number
  readonly #clock: Clock
  readonly #seed: number
  #bytes = 0

  constructor(options: {
    readonly limitBytes: number
    readonly clock: Clock
    readonly random: () => number
  }) {
    this.#limitBytes = options.limitBytes
    this.#clock = options.clock
    this.#seed = hashSeed(options.random)
  }

  get use(): TableUse {
    return { entries: this.#entries.size, bytes: this.#bytes, limitBytes: this.#limitBytes }
  }

  bucketOf(address: string): number {
    return addressBucket(address, this.#seed)
  }

  /** Undefined for an entry that is absent or past its time. */
  get(key: string): Entry | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    if (entry.expiresAtMs > this.#clock.now()) return entry
    this.delete(entry)
    return undefined
  }

  /** Takes the place of an entry with the same key. An entry above the whole bound is not kept: false. */
  add(entry: Entry, lifetimeMs: number): boolean {
    const former = this.#entries.get(entry.key)
    if (former !== undefined) this.delete(former)
    if (entry.bytes > this.#limitBytes) return false
    this.#makeRoom(entry.bytes)
    this.#entries.set(entry.key, entry)
    this.#append(entry, lifetimeMs)
    return true
  }

  /** Charges an entry anew after it grew or shrank, and makes room for it. False where it grew above the whole bound and was dropped. */
  resize(entry: Entry, bytes: number): boolean {
    if (this.#entries.get(entry.key) !== entry) return false
    if (bytes > this.#limitBytes) {
      this.delete(entry)
      return false
    }
    const growth = bytes - entry.bytes
    if (growth > 0) this.#makeRoom(growth, entry)
    entry.bytes = bytes
    this.#bytes += growth
    this.#bucket(entry).bytes += growth
    return true
  }

  /** Makes it the newest of its bucket, with a new lifetime. */
  touch(entry: Entry, lifetimeMs: number): void {
    if (this.#entries.get(entry.key) !== entry) return
    this.#unlink(entry)
    this.#append(entry, lifetimeMs)
  }

  delete(entry: Entry): void {
    if (this.#entries.get(entry.key) !== entry) return
    this.#entries.delete(entry.key)
    this.#unlink(entry)
  }

  /** Drops what is past its time. An entry behind a longer-lived one of its bucket waits for it. */
  sweep(): void {
    const now = this.#clock.now()
    for (const bucket of this.#buckets) {
      while (bucket.oldest !== undefined && bucket.oldest.expiresAtMs <= now) this.#evict(bucket.oldest)
    }
  }

  clear(): void {
    for (const bucket of this.#buckets) {
      while (bucket.oldest !== undefined) this.#evict(bucket.oldest)
    }
  }

  #makeRoom(bytes: number, spared?: Entry): void {
    while (this.#bytes + bytes > this.#limitBytes) {
      let fullest: Bucket | undefined
      for (const bucket of this.#buckets) {
        const first = bucket.oldest === spared ? bucket.oldest?.newer : bucket.oldest
        if (first !== undefined && (fullest === undefined || bucket.bytes > fullest.bytes)) fullest = bucket
      }
      const victim = fullest?.oldest === spared ? fullest?.oldest?.newer : fullest?.oldest
      if (victim === undefined) return
      this.#evict(victim)
    }
  }

  #evict(entry: FairEntry): void {
    this.#entries.delete(entry.key)
    this.#unlink(entry)
  }

  #append(entry: FairEntry, lifetimeMs: number): void {
    const bucket = this.#bucket(entry)
    entry.expiresAtMs = this.#clock.now() + lifetimeMs
    entry.older = bucket.newest
    if (bucket.newest === undefined) bucket.oldest = entry
    else bucket.newest.newer = entry
    bucket.newest = entry
    bucket.bytes += entry.bytes
    this.#bytes += entry.bytes
  }

  #unlink(entry: FairEntry): void {
    const bucket = this.#bucket(entry)
    if (entry.older === undefined) bucket.oldest = entry.newer
    else entry.older.newer = entry.newer
    if (entry.newer === undefined) bucket.newest = entry.older
    else entry.newer.older = entry.older
    entry.older = undefined
    entry.newer = undefined
    bucket.bytes -= entry.bytes
    this.#bytes -= entry.bytes
  }

  #bucket(entry: FairEntry): Bucket {
    const bucket = this.#buckets[entry.bucket]
    if (bucket === undefined) throw new RangeError(`bucket ${entry.bucket} is none of ${bucketCount}`)
    return bucket
  }
}
