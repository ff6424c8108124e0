// CoAP to a group (RFC 7252 §8): one question to all nodes of a network, and the answers of those who have one.
import { randomBytes } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { defaultCoapPort } from '../model/endpoint.ts'
import { decodeMessage } from './codec/decode.ts'
import { encodeMessage } from './codec/encode.ts'
import { type Message, MessageType } from './codec/message.ts'
import { uintOption } from './codec/option-value.ts'
import { Code, isSuccess } from './codes.ts'
import { ContentFormat } from './content-format.ts'
import { OptionNumber } from './options.ts'
import type { Remote } from './transport/remote.ts'

/** RFC 7252 §12.8: "All CoAP Nodes". */
export const allCoapNodes = '224.0.1.187'

export interface MulticastQuestion {
  /** Path and query: `/.well-known/core?rt=shoal.manager`. */
  readonly uri: string
  /** IPv4 addresses of this machine: the question goes out by each. */
  readonly interfaces: readonly string[]
  readonly everyMs: number
  /** Where the group listens; default 5683. */
  readonly port?: number
  readonly signal: AbortSignal
}

/**
 * Asks again and again until the signal comes. An answer is whatever bears the question's token; each may come several times.
 * An interface without multicast is passed over.
 */
export async function discoverByMulticast(
  { uri, interfaces, everyMs, port = defaultCoapPort, signal }: MulticastQuestion,
  onAnswer: (answer: { readonly payload: Buffer; readonly remote: Remote }) => void,
): Promise<void> {
  const token = randomBytes(6)
  const sockets = interfaces.map((address) => open(address, token, onAnswer))
  let id = randomBytes(2).readUInt16BE(0)
  try {
    while (!signal.aborted) {
      id = (id + 1) % 0x1_0000
      const datagram = question(uri, token, id)
      for (const socket of sockets) socket.send(datagram, port, allCoapNodes, () => {})
      await new Promise<void>((resolve) => {
        const timer = setTimeout(end, everyMs)
        signal.addEventListener('abort', end, { once: true })
        function end(): void {
          clearTimeout(timer)
          signal.removeEventListener('abort', end)
          resolve()
        }
      })
    }
  } finally {
    await Promise.all(sockets.map((socket) => new Promise<void>((done) => socket.close(() => done()))))
  }
}

function open(
  address: string,
  token: Buffer,
  onAnswer: (answer: { readonly payload: Buffer; readonly remote: Remote }) => void,
): Socket {
  const socket = createSocket('udp4')
  // No multicast there, or the interface went away: the others may still find somebody.
  socket.on('error', () => {})
  socket.on('message', (datagram, remote) => {
    const message = decodeMessage(datagram)
    if ('malformed' in message || !isSuccess(message.code)) return
    if (Buffer.compare(message.token, token) !== 0) return
    onAnswer({
      payload: Buffer.from(message.payload),
      remote: { address: remote.address, port: remote.port },
    })
  })
  socket.bind({ address, port: 0 }, () => {
    try {
      socket.setMulticastInterface(address)
      socket.setMulticastTTL(1)
    } catch {
      // The interface went away in between.
    }
  })
  return socket
}

/** Non-confirmable, as §8.1 wants it. */
function question(uri: string, token: Buffer, id: number): Buffer {
  const [path = '', query = ''] = uri.split('?', 2)
  const message: Message = {
    type: MessageType.NonConfirmable,
    code: Code.Get,
    id,
    token,
    options: [
      ...path
        .split('/')
        .slice(1)
        .map((segment) => ({ number: OptionNumber.UriPath, value: Buffer.from(segment) })),
      ...query
        .split('&')
        .filter((part) => part !== '')
        .map((part) => ({ number: OptionNumber.UriQuery, value: Buffer.from(part) })),
      uintOption(OptionNumber.Accept, ContentFormat.LinkFormat),
    ],
    payload: Buffer.alloc(0),
  }
  return encodeMessage(message)
}
