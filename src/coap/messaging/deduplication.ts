// Which messages have been here before, and what they were answered (RFC 7252 §4.5).
import type { Clock } from '../clock.ts'
import type { Remote } from '../transport/remote.ts'
import { FairEntry, FairTable, type TableUse } from './fair-table.ts'

/** Memory that an entry takes beside its reply: the entry, its place in the map, its numbers and address. Measured, rounded up. */
const entryBytes = 288

/** A message that was seen, and the acknowledgement or reset that its copies get. */
export class SeenMessage extends FairEntry {
  readonly address: string
  readonly port: number
  /** How often it came again. */
  copies = 0
  /**
   * The datagram in Latin-1, or undefined while there is none: a copy then gets silence. A string because V8 keeps no denser form
   * of a few bytes; a view would keep the whole memory pool alive that it was cut from.
   */
  reply: string | undefined = undefined

  constructor(key: number, bucket: number, remote: Remote) {
    super(key, bucket, entryBytes)
    this.address = remote.address
    this.port = remote.port
  }
}

/**
 * The RFC tells a duplicate by its source and message ID. An ID has 16 bits, and busy clients, libcoap's for one, come round to the same
 * ID within seconds instead of after EXCHANGE_LIFETIME: by the ID alone a fresh request would get an old answer. So a duplicate here
 * is the same datagram, byte for byte, as retransmissions and copies made by the network are: ID and a hash of everything.
 *
 * Replies are kept whatever their size, since no handler may run twice for one request. The table is bounded in bytes: under load the
 * oldest go first, of the busiest peer. With the default bound and small answers that is after 25 s at 1,000 requests a second.
 */
export class Deduplication {
  readonly #table: FairTable<SeenMessage>
  readonly #seed: number

  constructor(options: {
    readonly limitBytes: number
    readonly clock: Clock
    readonly random: () => number
  }) {
    this.#table = new FairTable(options)
    this.#seed = Math.floor(options.random() * 0x7fffffff)
  }

  get use(): TableUse {
    return this.#table.use
  }

  /** The entry of this datagram: a new one, or with `copies` above 0 the one that an earlier copy made. */
  see(datagram: Uint8Array, id: number, remote: Remote, lifetimeMs: number): SeenMessage {
    const key = id * 0x1_0000_0000 + hash(datagram, remote, this.#seed)
    const earlier = this.#table.get(key)
    if (earlier !== undefined && earlier.port === remote.port && earlier.address === remote.address) {
      earlier.copies++
      return earlier
    }
    const seen = new SeenMessage(key, this.#table.bucketOf(remote.address), remote)
    this.#table.add(seen, lifetimeMs)
    return seen
  }

  /** From now on copies of the message get this datagram. */
  keepReply(seen: SeenMessage, datagram: Buffer): void {
    seen.reply = datagram.toString('latin1')
    this.#table.resize(seen, entryBytes + datagram.length)
  }

  /** A copy will be taken for a new message: for answers that are as easily made again as kept (§4.5 on idempotent requests). */
  forget(seen: SeenMessage): void {
    this.#table.delete(seen)
  }

  sweep(): void {
    this.#table.sweep()
  }

  clear(): void {
    this.#table.clear()
  }
}

/** FNV-1a over source and bytes, 32 bits. */
function hash(datagram: Uint8Array, { address, port }: Remote, seed: number): number {
  let state = seed ^ port
  for (let i = 0; i < address.length; i++) state = Math.imul(state ^ address.charCodeAt(i), 0x01000193)
  for (let i = 0; i < datagram.length; i++) state = Math.imul(state ^ (datagram[i] ?? 0), 0x01000193)
  return state >>> 0
}
