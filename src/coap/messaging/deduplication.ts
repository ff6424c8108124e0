// Which messages have been here before, and what they were answered (RFC 7252 §4.5).
import type { Clock } from '../clock.ts'
import type { Remote } from '../transport/remote.ts'
import { addressBucket, hashSeed } from './address-bucket.ts'
import type { TableUse } from './fair-table.ts'
import { type MessageKey, SeenRing } from './seen-ring.ts'

/** Times in a ring have 32 bits: in this unit they last for 17 years. */
const tickMs = 256
/** The part of the common ring that one bucket may fill before its records go to the ring of the busy. */
const share = 1 / 8

/** A message that was seen, as long as the memory has room for it; then nothing is there, and nothing is kept. */
export class SeenMessage {
  readonly #ring: SeenRing
  #position: number | undefined

  constructor(ring: SeenRing, position: number) {
    this.#ring = ring
    this.#position = position
  }

  /** The acknowledgement or reset that its copies get; undefined while there is none: they get silence. */
  get reply(): Buffer | undefined {
    return this.#position === undefined ? undefined : this.#ring.replyOf(this.#position)
  }

  keepReply(reply: Uint8Array): void {
    if (this.#position !== undefined) this.#position = this.#ring.keepReply(this.#position, reply)
  }

  /** A copy will be taken for a new message: for answers as easily made again as kept (§4.5, on idempotent requests). */
  forget(): void {
    if (this.#position !== undefined) this.#ring.forget(this.#position)
    this.#position = undefined
  }
}

/**
 * The RFC tells a duplicate by its source and message ID. An ID has 16 bits, and busy clients, libcoap's for one, come round to the same
 * ID within seconds instead of after EXCHANGE_LIFETIME: by the ID alone a fresh request would get an old answer. So a duplicate here
 * is the same datagram, byte for byte, as retransmissions and copies made by the network are: source, ID and hashes of everything.
 *
 * Replies are kept whatever their size, since no handler may run twice for one request. The memory is bounded: the oldest make room. A
 * peer that fills an eighth of the common half goes on in the other half, where the busy make room for each other: no single
 * one drives out what the many others sent. Of small requests the default bound remembers 75,000 of one peer, 4 s at 18,000 a
 * second, against 2 to 3 s until a retransmission.
 */
export class Deduplication {
  readonly #common: SeenRing
  readonly #busy: SeenRing
  readonly #clock: Clock
  readonly #startMs: number
  readonly #seed: number

  constructor(options: {
    readonly limitBytes: number
    readonly clock: Clock
    readonly random: () => number
  }) {
    this.#common = new SeenRing(options.limitBytes / 2)
    this.#busy = new SeenRing(options.limitBytes / 2)
    this.#clock = options.clock
    this.#startMs = options.clock.now()
    this.#seed = hashSeed(options.random)
  }

  get use(): TableUse {
    return {
      entries: this.#common.entries + this.#busy.entries,
      bytes: this.#common.usedBytes + this.#busy.usedBytes,
      limitBytes: this.#common.limitBytes + this.#busy.limitBytes,
    }
  }

  keyOf(datagram: Uint8Array, id: number, { address, port }: Remote): MessageKey {
    let source = this.#seed ^ port
    for (let i = 0; i < address.length; i++) source = Math.imul(source ^ address.charCodeAt(i), fnvPrime)
    let content = source
    for (let i = 0; i < datagram.length; i++) content = Math.imul(content ^ (datagram[i] ?? 0), fnvPrime)
    return { id, contentHash: content | 0, sourceHash: source | 0 }
  }

  find(key: MessageKey): SeenMessage | undefined {
    const now = this.#now()
    const common = this.#common.find(key, now)
    if (common !== undefined) return new SeenMessage(this.#common, common)
    const busy = this.#busy.find(key, now)
    return busy === undefined ? undefined : new SeenMessage(this.#busy, busy)
  }

  add(key: MessageKey, { address }: Remote, lifetimeMs: number): SeenMessage {
    const bucket = addressBucket(address, this.#seed)
    const isBusy = this.#common.bytesOf(bucket) > this.#common.limitBytes * share
    const ring = isBusy ? this.#busy : this.#common
    return new SeenMessage(ring, ring.add(key, bucket, this.#now() + Math.ceil(lifetimeMs / tickMs)))
  }

  sweep(): void {
    const now = this.#now()
    this.#common.dropExpired(now)
    this.#busy.dropExpired(now)
  }

  clear(): void {
    this.#common.clear()
    this.#busy.clear()
  }

  #now(): number {
    return Math.floor((this.#clock.now() - this.#startMs) / tickMs)
  }
}

/** FNV-1a, 32 bits. */
const fnvPrime = 0x01000193
