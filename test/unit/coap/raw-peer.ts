// The other side as bare bytes: sends what it is told, correct or not, and reads what comes.
import { createSocket, type Socket } from 'node:dgram'
import { decodeMessage } from '../../../src/coap/codec/decode.ts'
import { encodeMessage } from '../../../src/coap/codec/encode.ts'
import { type Message, MessageType } from '../../../src/coap/codec/message.ts'
import { Code } from '../../../src/coap/codes.ts'

const noBytes = new Uint8Array(0)

/** Longer than any answer takes on a busy machine. */
const deadlineMs = 5_000

export type RawMessage = Partial<Message> & Pick<Message, 'code' | 'id'>

/** The bytes of a message; confirmable, without token, options and payload where these are not given. */
export function bytesOf(message: RawMessage): Buffer {
  return encodeMessage({
    type: MessageType.Confirmable,
    token: noBytes,
    options: [],
    payload: noBytes,
    ...message,
  })
}

export class RawPeer implements AsyncDisposable {
  readonly #socket: Socket = createSocket('udp4')
  readonly #arrived: { readonly datagram: Buffer; readonly port: number }[] = []
  #wake: () => void = () => {}

  constructor() {
    this.#socket.on('message', (datagram, { port }) => {
      this.#arrived.push({ datagram, port })
      this.#wake()
    })
  }

  /** Binds, so that it can be sent to before it sends. @returns its port. */
  async start(): Promise<number> {
    await new Promise<void>((bound) => this.#socket.bind(0, '127.0.0.1', bound))
    return this.#socket.address().port
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((closed) => this.#socket.close(() => closed()))
  }

  send(port: number, message: RawMessage | Uint8Array): void {
    this.#socket.send(message instanceof Uint8Array ? message : bytesOf(message), port, '127.0.0.1')
  }

  /** The next message, decoded; fails when none comes, or what comes is none. */
  async receive(): Promise<Message & { readonly port: number }> {
    const { datagram, port } = await this.#next()
    const message = decodeMessage(datagram)
    if ('malformed' in message) throw new Error(`got a malformed datagram: ${message.malformed}`)
    return { ...message, port }
  }

  async ask(port: number, message: RawMessage | Uint8Array): Promise<Message> {
    this.send(port, message)
    return await this.receive()
  }

  /**
   * What the peer sent up to now, without waiting in vain: a ping follows what was sent before, loopback keeps the order, and its
   * reset follows what was answered at once.
   */
  async drain(port: number): Promise<readonly Message[]> {
    const id = 0xfffe
    this.send(port, { code: Code.Empty, id })
    const messages: Message[] = []
    for (;;) {
      const message = await this.receive()
      if (message.type === MessageType.Reset && message.id === id) return messages
      messages.push(message)
    }
  }

  async #next(): Promise<{ readonly datagram: Buffer; readonly port: number }> {
    if (this.#arrived.length === 0) {
      await new Promise<void>((wake, fail) => {
        const timer = setTimeout(() => fail(new Error(`nothing came for ${deadlineMs} ms`)), deadlineMs)
        this.#wake = () => {
          clearTimeout(timer)
          wake()
        }
      })
    }
    const first = this.#arrived.shift()
    if (first === undefined) throw new Error('two wait for the next datagram: one at a time')
    return first
  }
}
