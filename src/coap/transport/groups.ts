// The groups that a server listens in (RFC 7252 §8.2), on sockets of their own: Node does not say to which address a datagram came.
import { createSocket, type Socket } from 'node:dgram'

export interface GroupsOptions {
  /** IPv4 groups, such as 224.0.1.187. */
  readonly groups: readonly string[]
  /** IPv4 addresses of this machine; a function is asked again now and then, for interfaces that come up later. */
  readonly interfaces: readonly string[] | (() => readonly string[])
  /** How often; default 5,000. */
  readonly lookAgainMs?: number
}

/** Of class E: nothing ever comes from it. */
const noSource = '240.0.0.1'

/**
 * On Linux a socket that is bound to every address hears what comes to a group that any socket of the machine has joined. So that it does
 * not hear it a second time, it is made a member that takes nothing but what comes from `noSource`.
 */
export class Groups {
  readonly #options: GroupsOptions
  readonly #main: Socket
  readonly #onDatagram: (datagram: Buffer, sender: { address: string; port: number }) => void
  readonly #sockets: { readonly group: string; readonly socket: Socket; joined: ReadonlySet<string> }[] = []
  #timer: NodeJS.Timeout | undefined
  #isStopped = false

  /** `main` is bound to the port, and lets others share it. */
  constructor(
    options: GroupsOptions,
    main: Socket,
    onDatagram: (datagram: Buffer, sender: { address: string; port: number }) => void,
  ) {
    this.#options = options
    this.#main = main
    this.#onDatagram = onDatagram
  }

  /** Never rejects: where there is no multicast, those who know the address still reach the server. */
  async start(port: number): Promise<void> {
    for (const group of this.#options.groups) {
      const socket = createSocket({ type: 'udp4', reuseAddr: true })
      socket.on('message', this.#onDatagram)
      const isBound = await new Promise<boolean>((bound) => {
        socket.once('error', () => bound(false))
        socket.bind({ address: group, port }, () => bound(true))
      })
      // One that fails to receive has lost a datagram, which CoAP is made for.
      socket.on('error', () => {})
      if (isBound && !this.#isStopped) this.#sockets.push({ group, socket, joined: new Set() })
      else socket.close()
    }
    if (this.#isStopped) return
    this.#look()
    const { interfaces, lookAgainMs = 5000 } = this.#options
    if (typeof interfaces !== 'function') return
    this.#timer = setInterval(() => this.#look(), lookAgainMs)
    this.#timer.unref()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    clearInterval(this.#timer)
    const sockets = this.#sockets.splice(0)
    await Promise.all(
      sockets.map(({ socket }) => new Promise<void>((closed) => socket.close(() => closed()))),
    )
  }

  #look(): void {
    const { interfaces } = this.#options
    const present = typeof interfaces === 'function' ? interfaces() : interfaces
    for (const each of this.#sockets) {
      for (const address of present)
        if (!each.joined.has(address)) this.#join(each.socket, each.group, address)
      each.joined = new Set(present)
    }
  }

  #join(socket: Socket, group: string, address: string): void {
    try {
      this.#main.addSourceSpecificMembership(noSource, group, address)
      socket.addMembership(group, address)
    } catch {
      // No multicast there, or a member already, by another address of the same interface.
    }
  }
}
