// A ring of bytes that remembers messages and their replies until newer ones need the room.
import { bucketCount } from './address-bucket.ts'

/** What tells a message from others. */
export interface MessageKey {
  /** Its message ID, 16 bits. */
  readonly id: number
  /** Of the whole datagram, 32 bits. */
  readonly contentHash: number
  /** Of where it came from, 32 bits. */
  readonly sourceHash: number
}

// The words of a record. Its reply follows, padded to a word.
/** As in the table of chains: where the next one stands, plus 1, so that memory of zeros is a table of empty chains. */
const nextInChain = 0
const contentHash = 1
const sourceHash = 2
const expiry = 3
/** Message ID in the upper half, length of the reply in the lower. */
const idAndLength = 4
/** With `forgotten` added once it is in no chain any more. */
const bucketOf = 5
const headerWords = 6

const forgotten = bucketCount
/** In the first word, in place of a record: nothing more stands before the end of the memory. */
const filler = -1
const noPosition = -1

/**
 * Records stand in the order in which they came, so that the oldest is always at the tail, and dropping it is moving on; chains find
 * them by their hashes. All of it is flat arrays: were each an object, tens of thousands a second would outlive their request and move
 * through the garbage collector's older generation, in triple the memory.
 *
 * A record is known by its position: words since the ring began. `forget` and `keepReply` end a position's life; whoever holds one
 * lets go of it then.
 */
export class SeenRing {
  readonly #words: Int32Array
  readonly #bytes: Buffer
  readonly #chains: Int32Array
  readonly #bytesByBucket = new Int32Array(bucketCount)
  #head = 0
  #tail = 0
  #latest = noPosition
  #entries = 0

  /** The system gives the memory only as far as it is used. */
  constructor(limitBytes: number) {
    const wordCount = Math.max(1024, limitBytes >> 2)
    this.#bytes = Buffer.allocUnsafeSlow(wordCount * 4)
    this.#words = new Int32Array(this.#bytes.buffer)
    this.#chains = new Int32Array(2 ** Math.ceil(Math.log2(wordCount / 16)))
  }

  get entries(): number {
    return this.#entries
  }

  get usedBytes(): number {
    return (this.#head - this.#tail) * 4
  }

  get limitBytes(): number {
    return this.#bytes.length
  }

  /** What the records of a bucket take. */
  bytesOf(bucket: number): number {
    return this.#bytesByBucket[bucket] ?? 0
  }

  /** The position of the message's record; undefined where there is none, or its time (in the caller's unit) was up before `now`. */
  find(key: MessageKey, now: number): number | undefined {
    let link = this.#read(this.#chains, this.#chainOf(key.contentHash, key.sourceHash))
    while (link !== 0) {
      const at = link - 1
      if (
        this.#word(at, contentHash) === key.contentHash &&
        this.#word(at, sourceHash) === key.sourceHash &&
        this.#word(at, idAndLength) >>> 16 === key.id
      ) {
        return this.#word(at, expiry) > now ? this.#positionOf(at) : undefined
      }
      link = this.#word(at, nextInChain)
    }
    return undefined
  }

  /** Remembers a message, without a reply as yet; returns its position. */
  add(key: MessageKey, bucket: number, expiresAt: number): number {
    return this.#append(key, bucket, expiresAt, 0)
  }

  /**
   * The record with a reply, which may move it: returns its position, undefined where it is gone. A reply that would take more than a quarter
   * of the ring is not kept.
   */
  keepReply(position: number, reply: Uint8Array): number | undefined {
    if (!this.#isThere(position)) return undefined
    if (reply.length * 4 > this.#bytes.length) return position
    const old = position % this.#words.length
    const key = {
      id: this.#word(old, idAndLength) >>> 16,
      contentHash: this.#word(old, contentHash),
      sourceHash: this.#word(old, sourceHash),
    }
    const bucket = this.#word(old, bucketOf)
    const expiresAt = this.#word(old, expiry)
    this.forget(position)
    const moved = this.#append(key, bucket, expiresAt, reply.length)
    this.#bytes.set(reply, ((moved % this.#words.length) + headerWords) * 4)
    return moved
  }

  /** A copy of the reply; undefined where there is none. */
  replyOf(position: number): Buffer | undefined {
    if (!this.#isThere(position)) return undefined
    const at = position % this.#words.length
    const length = this.#word(at, idAndLength) & 0xffff
    if (length === 0) return undefined
    const start = (at + headerWords) * 4
    return Buffer.from(this.#bytes.subarray(start, start + length))
  }

  /** The message will be found no more. The latest record gives its room back at once, any other when the tail comes by. */
  forget(position: number): void {
    if (!this.#isThere(position)) return
    const at = position % this.#words.length
    this.#unchain(at)
    if (position === this.#latest) {
      this.#account(at, -this.#sizeOf(at))
      this.#head = position
      this.#latest = noPosition
    } else {
      this.#words[at + bucketOf] = this.#word(at, bucketOf) + forgotten
    }
  }

  /** Drops what had its time before `now`, from the oldest on, up to the first that has some left. */
  dropExpired(now: number): void {
    while (this.#tail < this.#head) {
      const at = this.#tail % this.#words.length
      if (this.#word(at, nextInChain) !== filler && this.#word(at, expiry) > now) return
      this.#dropOldest()
    }
  }

  clear(): void {
    while (this.#tail < this.#head) this.#dropOldest()
  }

  #append(
    { id, contentHash: content, sourceHash: source }: MessageKey,
    bucket: number,
    expiresAt: number,
    length: number,
  ): number {
    const words = this.#words
    const size = headerWords + ((length + 3) >> 2)
    const left = words.length - (this.#head % words.length)
    if (left < size) {
      this.#makeRoom(left)
      words[this.#head % words.length] = filler
      this.#head += left
    }
    this.#makeRoom(size)
    const position = this.#head
    const at = position % words.length
    const chain = this.#chainOf(content, source)
    words[at + nextInChain] = this.#read(this.#chains, chain)
    words[at + contentHash] = content
    words[at + sourceHash] = source
    words[at + expiry] = expiresAt
    words[at + idAndLength] = (id << 16) | length
    words[at + bucketOf] = bucket
    this.#chains[chain] = at + 1
    this.#head += size
    this.#latest = position
    this.#entries++
    this.#account(at, size)
    return position
  }

  #makeRoom(size: number): void {
    while (this.#head - this.#tail + size > this.#words.length) this.#dropOldest()
  }

  #dropOldest(): void {
    const at = this.#tail % this.#words.length
    if (this.#word(at, nextInChain) === filler) {
      this.#tail += this.#words.length - at
      return
    }
    if (this.#word(at, bucketOf) < forgotten) this.#unchain(at)
    const size = this.#sizeOf(at)
    this.#account(at, -size)
    this.#tail += size
  }

  #unchain(at: number): void {
    const next = this.#word(at, nextInChain)
    const chain = this.#chainOf(this.#word(at, contentHash), this.#word(at, sourceHash))
    let link = this.#read(this.#chains, chain)
    if (link === at + 1) {
      this.#chains[chain] = next
    } else {
      while (this.#word(link - 1, nextInChain) !== at + 1) link = this.#word(link - 1, nextInChain)
      this.#words[link - 1 + nextInChain] = next
    }
    this.#entries--
  }

  #account(at: number, words: number): void {
    const bucket = this.#word(at, bucketOf) % bucketCount
    this.#bytesByBucket[bucket] = this.bytesOf(bucket) + words * 4
  }

  #isThere(position: number): boolean {
    if (position < this.#tail || position >= this.#head) return false
    return this.#word(position % this.#words.length, bucketOf) < forgotten
  }

  #positionOf(at: number): number {
    const tailAt = this.#tail % this.#words.length
    return this.#tail + (at >= tailAt ? at - tailAt : at - tailAt + this.#words.length)
  }

  #sizeOf(at: number): number {
    return headerWords + (((this.#word(at, idAndLength) & 0xffff) + 3) >> 2)
  }

  #chainOf(content: number, source: number): number {
    return (content ^ source) & (this.#chains.length - 1)
  }

  #word(at: number, field: number): number {
    return this.#read(this.#words, at + field)
  }

  #read(array: Int32Array, index: number): number {
    return array[index] ?? 0
  }
}
