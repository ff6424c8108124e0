// Datagrams over one UDP socket.
import { createSocket, type Socket } from 'node:dgram'
import { CoapError } from '../coap-error.ts'
import type { DatagramReceiver, DatagramTransport } from './datagram-transport.ts'
import { Groups, type GroupsOptions } from './groups.ts'
import { familyOf, normaliseAddress, type Remote, renderRemote, toIpv6 } from './remote.ts'

export interface UdpTransportOptions {
  /** To bind to; `::` takes IPv4 as well, and stands back for `0.0.0.0` on a machine without IPv6. */
  readonly address: string
  /** 0: any free one. */
  readonly port: number
  /** Groups to listen in as well; for an IPv4 socket that is bound to every address. */
  readonly multicast?: GroupsOptions
}

const noIpv6: ReadonlySet<unknown> = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EINVAL'])

/** `send` is given addresses only: Node's own lookup would put each off by a tick. */
const lookupLiteral = (
  address: string,
  _options: unknown,
  found: (error: null, address: string, family: number) => void,
): void => found(null, address, familyOf(address))

export class UdpTransport implements DatagramTransport {
  readonly #options: UdpTransportOptions
  #socket: Socket | undefined
  #groups: Groups | undefined
  #isIpv6 = false
  #isStopped = false

  constructor(options: UdpTransportOptions) {
    this.#options = options
  }

  async start(receiver: DatagramReceiver): Promise<Remote> {
    const { address, port } = this.#options
    try {
      return await this.#open(address, port, receiver)
    } catch (error) {
      if (address === '::' && noIpv6.has(codeOf(error))) return await this.#open('0.0.0.0', port, receiver)
      throw error
    }
  }

  send(datagram: Uint8Array, remote: Remote, onError?: (error: Error) => void): void {
    const socket = this.#socket
    if (socket === undefined) return
    const address = this.#isIpv6 ? toIpv6(remote.address) : remote.address
    if (onError === undefined) socket.send(datagram, remote.port, address)
    else socket.send(datagram, remote.port, address, (error) => error !== null && onError(error))
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    const socket = this.#socket
    this.#socket = undefined
    await this.#groups?.stop()
    if (socket !== undefined) await closed(socket)
  }

  async #open(address: string, port: number, receiver: DatagramReceiver): Promise<Remote> {
    const isIpv6 = familyOf(address) === 6
    const multicast = isIpv6 ? undefined : this.#options.multicast
    let socket = await bind({ address, port, isShared: false })
    if (multicast !== undefined) {
      // Only a port that nobody has is then shared with the groups.
      const free = socket.address().port
      await closed(socket)
      socket = await bind({ address, port: free, isShared: true })
    }
    if (this.#isStopped) {
      await closed(socket)
      throw stoppedAtStart()
    }
    // A socket that fails to receive has lost a datagram, which CoAP is made for.
    socket.on('error', () => {})
    socket.on('message', (datagram, sender) => {
      // No answer can go to port 0, and `send` throws for it.
      if (sender.port === 0 || this.#socket === undefined) return
      receiver(datagram, {
        address: isIpv6 ? normaliseAddress(sender.address) : sender.address,
        port: sender.port,
      })
    })
    this.#socket = socket
    this.#isIpv6 = isIpv6
    const local = socket.address()
    if (multicast !== undefined) {
      this.#groups = new Groups(multicast, socket, (datagram, { address, port }) => {
        if (port !== 0 && this.#socket !== undefined) receiver(datagram, { address, port }, true)
      })
      await this.#groups.start(local.port)
      if (this.#isStopped) throw stoppedAtStart()
    }
    return { address: local.address, port: local.port }
  }
}

function stoppedAtStart(): CoapError {
  return new CoapError('stopped', 'stopped while it started')
}

async function bind({
  address,
  port,
  isShared,
}: {
  readonly address: string
  readonly port: number
  /** Other sockets of this machine may be bound to the port as well. */
  readonly isShared: boolean
}): Promise<Socket> {
  const type = familyOf(address) === 6 ? 'udp6' : 'udp4'
  const socket = createSocket({ type, lookup: lookupLiteral, reuseAddr: isShared })
  await new Promise<void>((bound, failed) => {
    const onError = (error: Error) => {
      socket.close()
      const reason = codeOf(error) === 'EADDRINUSE' ? 'the port is in use' : error.message
      failed(
        new CoapError(
          'not-bound',
          `cannot listen on udp ${renderRemote({ address, port })}: ${reason}`,
          error,
        ),
      )
    }
    socket.once('error', onError)
    socket.bind({ address, port }, () => {
      socket.off('error', onError)
      bound()
    })
  })
  return socket
}

function closed(socket: Socket): Promise<void> {
  return new Promise((done) => socket.close(() => done()))
}

/** The code of an error of the system, or of the one that caused this. */
function codeOf(error: unknown): unknown {
  if (!(error instanceof Error)) return undefined
  return 'code' in error ? error.code : codeOf(error.cause)
}
