// Answers that go out block by block, until nobody has come for a block for a while: the last one may be asked for again (RFC 7959 §2.4).
import type { Clock } from '../clock.ts'
import { FairEntry, FairTable, type TableUse } from '../messaging/fair-table.ts'
import type { Response } from '../messaging/inbound-request.ts'

/** Memory that an entry takes beside its payload: objects, map, key, options. */
const entryBytes = 1024

class KeptResponse extends FairEntry {
  readonly response: Response

  constructor(key: string, bucket: number, response: Response) {
    super(key, bucket, entryBytes + key.length + response.payload.length)
    this.response = response
  }
}

export interface ResponseCacheOptions {
  readonly limitBytes: number
  /** How long after its latest block an answer is kept. */
  readonly lifetimeMs: number
  readonly clock: Clock
  readonly random: () => number
}

/** Bounded in bytes; when it is full, the answer that stood still longest goes, of the peer with the most. */
export class ResponseCache {
  readonly #table: FairTable<KeptResponse>
  readonly #lifetimeMs: number

  constructor(options: ResponseCacheOptions) {
    this.#table = new FairTable(options)
    this.#lifetimeMs = options.lifetimeMs
  }

  get use(): TableUse {
    return this.#table.use
  }

  find(key: string): Response | undefined {
    const kept = this.#table.get(key)
    if (kept === undefined) return undefined
    this.#table.touch(kept, this.#lifetimeMs)
    return kept.response
  }

  /** Keeps a copy: the handler may use its buffer again. False where the answer alone is above the bound. */
  keep(key: string, address: string, response: Response): boolean {
    const payload = Buffer.allocUnsafeSlow(response.payload.length)
    payload.set(response.payload)
    const kept = new KeptResponse(key, this.#table.bucketOf(address), { ...response, payload })
    return this.#table.add(kept, this.#lifetimeMs)
  }

  sweep(): void {
    this.#table.sweep()
  }

  clear(): void {
    this.#table.clear()
  }
}
