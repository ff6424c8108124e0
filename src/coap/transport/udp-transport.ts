// Datagrams over one UDP socket.
import { createSocket, type Socket } from 'node:dgram'
import { CoapError } from '../coap-error.ts'
import type { DatagramReceiver, DatagramTransport } from './datagram-transport.ts'
import { familyOf, normaliseAddress, type Remote, renderRemote, toIpv6 } from './remote.ts'

export interface UdpTransportOptions {
  /** To bind to; `::` takes IPv4 as well, and stands back for `0.0.0.0` on a machine without IPv6. */
  readonly address: string
  /** 0: any free one. */
  readonly port: number
  /** IPv4 groups to listen to as well, on each of these addresses of this machine; for an IPv4 socket only. */
  readonly multicast?: { readonly groups: readonly string[]; readonly interfaces: readonly string[] }
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

  /** An interface that cannot is passed over: unicast works there. */
  #join(socket: Socket): void {
    const { groups = [], interfaces = [] } = this.#options.multicast ?? {}
    for (const group of groups) {
      for (const each of interfaces) {
        try {
          socket.addMembership(group, each)
        } catch {
          // No multicast there.
        }
      }
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
    if (socket !== undefined) await closed(socket)
  }

  async #open(address: string, port: number, receiver: DatagramReceiver): Promise<Remote> {
    const isIpv6 = familyOf(address) === 6
    const socket = createSocket({ type: isIpv6 ? 'udp6' : 'udp4', lookup: lookupLiteral })
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
    if (this.#isStopped) {
      await closed(socket)
      throw new CoapError('stopped', 'stopped while it started')
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
    if (!isIpv6) this.#join(socket)
    const local = socket.address()
    return { address: local.address, port: local.port }
  }
}

function closed(socket: Socket): Promise<void> {
  return new Promise((done) => socket.close(() => done()))
}

/** The code of an error of the system, or of the one that caused this. */
function codeOf(error: unknown): unknown {
  if (!(error instanceof Error)) return undefined
  return 'code' in error ? error.code : codeOf(error.cause)
}
