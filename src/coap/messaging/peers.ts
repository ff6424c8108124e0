// What an endpoint remembers of those it sends messages of its own to.
import type { Clock } from '../clock.ts'
import { exchangeLifetimeMs, type TransmissionParameters } from '../transmission.ts'
import { type Remote, renderRemote } from '../transport/remote.ts'
import { Interactions } from './interactions.ts'
import { MessageIds } from './message-ids.ts'
import { NumberTable } from './number-table.ts'
import type { Transmission } from './retransmission.ts'

/** Beyond this, a peer that nothing waits for is forgotten before its time. */
const maxPeers = 4096

export class Peer implements Remote {
  readonly address: string
  readonly port: number
  readonly ids: MessageIds
  readonly interactions: Interactions
  /** Confirmable messages that wait for their acknowledgement, by message ID. */
  readonly outstanding = new NumberTable<Transmission>()
  /** Whether anything ever came from it. */
  isHeard = false
  lastUsedMs = 0

  constructor(remote: Remote, parameters: TransmissionParameters, random: () => number) {
    this.address = remote.address
    this.port = remote.port
    this.ids = new MessageIds(exchangeLifetimeMs(parameters), random)
    this.interactions = new Interactions(parameters.nstart)
  }

  get isIdle(): boolean {
    return this.outstanding.size === 0 && this.interactions.isIdle
  }

  toString(): string {
    return renderRemote(this)
  }
}

export class Peers {
  readonly #peers = new Map<string, Peer>()
  readonly #parameters: TransmissionParameters
  readonly #clock: Clock
  readonly #random: () => number
  #latest: Peer | undefined

  constructor(parameters: TransmissionParameters, clock: Clock, random: () => number) {
    this.#parameters = parameters
    this.#clock = clock
    this.#random = random
  }

  get size(): number {
    return this.#peers.size
  }

  find(remote: Remote): Peer | undefined {
    const latest = this.#latest
    if (latest !== undefined && latest.port === remote.port && latest.address === remote.address)
      return latest
    const peer = this.#peers.get(renderRemote(remote))
    if (peer !== undefined) this.#latest = peer
    return peer
  }

  /** The peer, made when there is none yet. */
  obtain(remote: Remote): Peer {
    let peer = this.find(remote)
    if (peer === undefined) {
      if (this.#peers.size >= maxPeers) this.#forgetOne()
      peer = new Peer(remote, this.#parameters, this.#random)
      this.#peers.set(renderRemote(remote), peer)
      this.#latest = peer
    }
    peer.lastUsedMs = this.#clock.now()
    return peer
  }

  /** Forgets those whose message IDs have all outlived their lifetime. */
  sweep(): void {
    const before = this.#clock.now() - exchangeLifetimeMs(this.#parameters)
    for (const peer of this.#peers.values()) {
      if (peer.lastUsedMs <= before && peer.isIdle) this.#forget(peer)
    }
  }

  #forgetOne(): void {
    for (const peer of this.#peers.values()) {
      if (peer.isIdle) {
        this.#forget(peer)
        return
      }
    }
  }

  #forget(peer: Peer): void {
    this.#peers.delete(renderRemote(peer))
    if (this.#latest === peer) this.#latest = undefined
  }
}
