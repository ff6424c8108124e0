// Request bodies that come in blocks, until they are whole (RFC 7959 §2.3, §2.5, §2.9).
import type { Clock } from '../clock.ts'
import { Code } from '../codes.ts'
import { FairEntry, FairTable, type TableUse } from '../messaging/fair-table.ts'
import { type Block, type BlockSize, smallerOf } from './block.ts'

/** Memory that an entry takes beside its buffer: objects, map, key. */
const entryBytes = 512
/** What is allocated at most on the word of Size1; more follows as bytes come in. */
const maxFirstAllocation = 64 * 1024

export type BlockOutcome =
  /** More is expected: 2.31 with this block option. */
  | { readonly state: 'continue'; readonly block: Block }
  | { readonly state: 'complete'; readonly body: Uint8Array }
  | { readonly state: 'too-large'; readonly bytes: number }
  | { readonly state: 'refused'; readonly code: number; readonly reason: string }

export interface IncomingBlock {
  readonly key: string
  /** Whose memory it is. */
  readonly address: string
  readonly block: Block
  readonly payload: Uint8Array
  /** What the client says the body's size will be. */
  readonly size1: number | undefined
}

class PartialBody extends FairEntry {
  buffer: Buffer
  received: number

  constructor(key: string, bucket: number, buffer: Buffer) {
    super(key, bucket, entryBytes + key.length + buffer.length)
    this.buffer = buffer
    this.received = 0
  }
}

export interface ReassemblyOptions {
  readonly limitBytes: number
  readonly maxBodyBytes: number
  /** The largest block that is asked for. */
  readonly blockSize: BlockSize
  /** How long a body may stand still. */
  readonly lifetimeMs: number
  readonly clock: Clock
  readonly random: () => number
}

/** Bounded in bytes; when it is full, the body that stood still longest goes, of the peer with the most. Its client gets 4.08 and begins anew. */
export class Reassembly {
  readonly #options: ReassemblyOptions
  readonly #table: FairTable<PartialBody>

  constructor(options: ReassemblyOptions) {
    this.#options = options
    this.#table = new FairTable(options)
  }

  get use(): TableUse {
    return this.#table.use
  }

  take(incoming: IncomingBlock): BlockOutcome {
    const { key, block, payload } = incoming
    const { maxBodyBytes } = this.#options
    const offset = block.number * block.size
    const problem = checkLength(block, payload)
    if (problem !== undefined) return refused(Code.BadRequest, problem)
    const announced = Math.max(incoming.size1 ?? 0, offset + payload.length)
    if (announced > maxBodyBytes) {
      this.#drop(key)
      return { state: 'too-large', bytes: announced }
    }
    if (block.number === 0) {
      if (!block.more) {
        this.#drop(key)
        return { state: 'complete', body: payload }
      }
      return this.#append(this.#begin(incoming), incoming)
    }
    const body = this.#table.get(key)
    if (body === undefined || offset > body.received) {
      const expected = body === undefined ? 0 : body.received
      return refused(Code.RequestEntityIncomplete, `byte ${expected} is expected, byte ${offset} came`)
    }
    if (offset < body.received) return this.#again(body, incoming, offset)
    return this.#append(body, incoming)
  }

  sweep(): void {
    this.#table.sweep()
  }

  clear(): void {
    this.#table.clear()
  }

  /** Block 0 begins a body, also where another was under way. */
  #begin({ key, address, payload, size1 }: IncomingBlock): PartialBody {
    const capacity = Math.max(payload.length * 4, Math.min(size1 ?? 0, maxFirstAllocation))
    const buffer = Buffer.allocUnsafeSlow(Math.min(capacity, this.#options.maxBodyBytes))
    return new PartialBody(key, this.#table.bucketOf(address), buffer)
  }

  #append(body: PartialBody, { block, payload }: IncomingBlock): BlockOutcome {
    const end = body.received + payload.length
    if (end > body.buffer.length)
      body.buffer = grow(body.buffer, body.received, end, this.#options.maxBodyBytes)
    body.buffer.set(payload, body.received)
    body.received = end
    if (!block.more) {
      this.#table.delete(body)
      return { state: 'complete', body: body.buffer.subarray(0, end) }
    }
    if (!this.#keep(body)) {
      return { state: 'too-large', bytes: end }
    }
    return this.#continue(block)
  }

  /** A block that is here already, in a new message: the answer to the first was lost for good. */
  #again(body: PartialBody, { block, payload }: IncomingBlock, offset: number): BlockOutcome {
    const present = body.buffer.subarray(offset, Math.min(offset + payload.length, body.received))
    if (!block.more || Buffer.compare(present, payload) !== 0) {
      return refused(Code.RequestEntityIncomplete, `byte ${body.received} is expected, byte ${offset} came`)
    }
    return this.#continue(block)
  }

  /** §2.5: the answer names the block, and with a smaller size what the next ones should have. */
  #continue(block: Block): BlockOutcome {
    const size = smallerOf(block.size, this.#options.blockSize)
    return { state: 'continue', block: { number: block.number, more: true, size } }
  }

  #keep(body: PartialBody): boolean {
    const bytes = entryBytes + body.key.length + body.buffer.length
    const isKnown = this.#table.get(body.key) === body
    const isKept = isKnown ? this.#table.resize(body, bytes) : this.#table.add(body, this.#options.lifetimeMs)
    if (isKnown && isKept) this.#table.touch(body, this.#options.lifetimeMs)
    return isKept
  }

  #drop(key: string): void {
    const body = this.#table.get(key)
    if (body !== undefined) this.#table.delete(body)
  }
}

/** §2.3: every block but the last is as long as it says. */
function checkLength({ number, more, size }: Block, payload: Uint8Array): string | undefined {
  const isRight = more ? payload.length === size : payload.length <= size
  return isRight ? undefined : `block ${number} has ${payload.length} bytes, not ${size}`
}

function grow(buffer: Buffer, used: number, needed: number, limit: number): Buffer {
  const grown = Buffer.allocUnsafeSlow(Math.max(needed, Math.min(buffer.length * 2, limit)))
  buffer.copy(grown, 0, 0, used)
  return grown
}

function refused(code: number, reason: string): BlockOutcome {
  return { state: 'refused', code, reason }
}
