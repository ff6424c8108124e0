// Multicast DNS (RFC 6762) on every interface of this machine, also on those that come up later.
import makeMdns, { type MulticastDNS, type QueryPacket, type ResponsePacket } from 'multicast-dns'
import { localAddresses } from './interfaces.ts'

export interface MdnsListener {
  readonly onQuery?: (query: QueryPacket, reply: MulticastDNS) => void
  readonly onResponse?: (response: ResponsePacket) => void
  /** An interface takes part from now on. */
  readonly onJoin?: (socket: MulticastDNS) => void
}

/** An access point's own interface may come up after the manager. */
const lookAgainMs = 5000

export class MdnsSockets {
  readonly #listener: MdnsListener
  readonly #sockets = new Map<string, MulticastDNS>()
  #timer: NodeJS.Timeout | undefined

  constructor(listener: MdnsListener) {
    this.#listener = listener
  }

  get all(): readonly MulticastDNS[] {
    return [...this.#sockets.values()]
  }

  /** Never throws: an interface without multicast, or a port that another program keeps to itself, is passed over. */
  open(): void {
    this.#look()
    this.#timer = setInterval(() => this.#look(), lookAgainMs)
    this.#timer.unref()
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    const sockets = this.all
    this.#sockets.clear()
    await Promise.all(sockets.map(destroy))
  }

  #look(): void {
    const addresses = new Set(localAddresses())
    for (const [address, socket] of this.#sockets) {
      if (addresses.has(address)) continue
      this.#sockets.delete(address)
      void destroy(socket)
    }
    for (const address of addresses) if (!this.#sockets.has(address)) this.#open(address)
  }

  #open(address: string): void {
    const { onQuery, onResponse, onJoin } = this.#listener
    // Beside avahi-daemon and others: the port is shared, each hears everything.
    const socket = makeMdns({ interface: address, bind: '0.0.0.0', reuseAddr: true, loopback: true })
    this.#sockets.set(address, socket)
    socket.on('warning', () => {})
    socket.on('error', () => {
      if (this.#sockets.get(address) === socket) this.#sockets.delete(address)
      void destroy(socket)
    })
    socket.on('ready', () => onJoin?.(socket))
    socket.on('query', (query) => onQuery?.(query, socket))
    socket.on('response', (response) => onResponse?.(response))
  }
}

function destroy(socket: MulticastDNS): Promise<void> {
  return new Promise((resolve) => socket.destroy(() => resolve()))
}
