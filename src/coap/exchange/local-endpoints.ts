// The sockets of a client: one an address family, opened when needed, replaced when its message IDs run out.
import { CoapError } from '../coap-error.ts'
import type { CoapEndpoint } from '../messaging/endpoint.ts'
import { familyOf, type Remote } from '../transport/remote.ts'
import { Exchanges } from './exchanges.ts'

/** A socket and the requests on it. */
export class LocalEndpoint {
  readonly exchanges: Exchanges
  users = 0
  isOpen = false
  /** No new request goes from it; it closes with its last one. */
  isRetired = false

  constructor(exchanges: Exchanges) {
    this.exchanges = exchanges
  }
}

export interface EndpointSource {
  /** The endpoint for a new request; `release` follows when the request has ended. Rejects with `CoapError`. */
  take(remote: Remote): LocalEndpoint | Promise<LocalEndpoint>
  release(local: LocalEndpoint): void
  stop(): Promise<void>
}

/**
 * Message IDs towards one peer last for 65,536 messages in EXCHANGE_LIFETIME (RFC 7252 §4.4), which a busy client sends in seconds. Peers
 * that know a message by its ID alone would then answer what they answered before. To them a new port is a new endpoint: when IDs
 * run low, further requests go from one, and the old is closed with its last request.
 */
export class LocalEndpoints implements EndpointSource {
  readonly #create: (family: 4 | 6) => CoapEndpoint
  readonly #current = new Map<4 | 6, LocalEndpoint>()
  readonly #opening = new Map<LocalEndpoint, Promise<unknown>>()
  readonly #all = new Set<LocalEndpoint>()

  constructor(create: (family: 4 | 6) => CoapEndpoint) {
    this.#create = create
  }

  /** Sockets that are open or being opened. */
  get size(): number {
    return this.#all.size
  }

  take(remote: Remote): LocalEndpoint | Promise<LocalEndpoint> {
    const family = familyOf(remote.address)
    let local = this.#current.get(family)
    if (local?.isOpen === true && isRunningOut(local, remote)) {
      this.#retire(local)
      local = undefined
    }
    local ??= this.#open(family)
    local.users++
    return local.isOpen ? local : this.#whenOpen(local)
  }

  release(local: LocalEndpoint): void {
    local.users--
    if (local.isRetired && local.users === 0) this.#close(local)
  }

  async stop(): Promise<void> {
    const all = [...this.#all]
    this.#all.clear()
    this.#current.clear()
    await Promise.all(all.map((local) => local.exchanges.endpoint.stop()))
  }

  #open(family: 4 | 6): LocalEndpoint {
    const endpoint = this.#create(family)
    const local = new LocalEndpoint(new Exchanges(endpoint))
    this.#current.set(family, local)
    this.#all.add(local)
    this.#opening.set(local, endpoint.start())
    return local
  }

  async #whenOpen(local: LocalEndpoint): Promise<LocalEndpoint> {
    try {
      await this.#opening.get(local)
      if (!this.#all.has(local)) throw new CoapError('stopped', 'the client was stopped')
      local.isOpen = true
      return local
    } catch (error) {
      this.#retire(local)
      this.release(local)
      throw error
    } finally {
      this.#opening.delete(local)
    }
  }

  #retire(local: LocalEndpoint): void {
    local.isRetired = true
    for (const [family, current] of this.#current) if (current === local) this.#current.delete(family)
    if (local.users === 0) this.#close(local)
  }

  #close(local: LocalEndpoint): void {
    this.#all.delete(local)
    void local.exchanges.endpoint.stop()
  }
}

function isRunningOut(local: LocalEndpoint, remote: Remote): boolean {
  const { endpoint } = local.exchanges
  return endpoint.peer(remote).ids.isRunningOut(endpoint.clock.now())
}

/** An endpoint that somebody else started and will stop, such as a server's own. */
export class SharedEndpoint implements EndpointSource {
  readonly #local: LocalEndpoint

  constructor(endpoint: CoapEndpoint) {
    this.#local = new LocalEndpoint(new Exchanges(endpoint))
  }

  take(): LocalEndpoint {
    return this.#local
  }

  release(): void {}

  async stop(): Promise<void> {
    this.#local.exchanges.onStopped()
  }
}
