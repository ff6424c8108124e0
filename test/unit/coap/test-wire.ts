// The far side of an endpoint, played by a test: it sees what was sent, and says what arrives.
import { decodeMessage } from '../../../src/coap/codec/decode.ts'
import { encodeMessage } from '../../../src/coap/codec/encode.ts'
import { type Message, MessageType, noBytes } from '../../../src/coap/codec/message.ts'
import { textOption } from '../../../src/coap/codec/option-value.ts'
import { Code } from '../../../src/coap/codes.ts'
import { OptionNumber } from '../../../src/coap/options.ts'
import type { DatagramReceiver, DatagramTransport } from '../../../src/coap/transport/datagram-transport.ts'
import type { Remote } from '../../../src/coap/transport/remote.ts'

export const peer: Remote = Object.freeze({ address: '10.0.0.9', port: 40_000 })

export interface Sent {
  readonly message: Message
  readonly datagram: Uint8Array
  readonly remote: Remote
}

export class TestWire implements DatagramTransport {
  /** What the endpoint sent, oldest first. */
  readonly sent: Sent[] = []
  /** When set, nothing can be sent. */
  sendError: Error | undefined
  isStopped = false
  #receiver: DatagramReceiver | undefined

  async start(receiver: DatagramReceiver): Promise<Remote> {
    this.#receiver = receiver
    return { address: '10.0.0.1', port: 5683 }
  }

  send(datagram: Uint8Array, remote: Remote, onError?: (error: Error) => void): void {
    if (this.sendError !== undefined) {
      onError?.(this.sendError)
      return
    }
    const message = decodeMessage(datagram)
    if ('malformed' in message)
      throw new Error(`the endpoint sent a malformed datagram: ${message.malformed}`)
    this.sent.push({ message, datagram, remote })
  }

  async stop(): Promise<void> {
    this.isStopped = true
    this.#receiver = undefined
  }

  receive(message: Message, from: Remote = peer): void {
    this.receiveBytes(encodeMessage(message), from)
  }

  receiveBytes(datagram: Uint8Array, from: Remote = peer): void {
    this.#receiver?.(datagram, from)
  }

  /** The messages sent since the last call. */
  take(): Message[] {
    return this.sent.splice(0).map(({ message }) => message)
  }
}

export function aMessage(parts: Partial<Message> = {}): Message {
  return {
    type: MessageType.Confirmable,
    code: Code.Get,
    id: 1,
    token: Uint8Array.of(1),
    options: [textOption(OptionNumber.UriPath, 'light')],
    payload: noBytes,
    ...parts,
  }
}

/** A message of the header alone. */
export function anEmpty(type: number, id: number): Message {
  return { type, code: Code.Empty, id, token: noBytes, options: [], payload: noBytes }
}
