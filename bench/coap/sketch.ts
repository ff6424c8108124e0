// A yardstick, not a product: the least that exchanges CoAP requests and bodies over UDP. Codec, deduplication, blockwise both
// ways; no retransmission, no separate response, no refusal of what is malformed, tables bounded by count.
import { createSocket, type Socket } from 'node:dgram'

type Option = readonly [number: number, value: Uint8Array]

interface Packet {
  readonly type: number
  readonly code: number
  readonly id: number
  readonly token: Uint8Array
  readonly options: readonly Option[]
  readonly payload: Uint8Array
}

const empty = new Uint8Array(0)
const [uriPath, block2, block1] = [11, 23, 27]
const blockBytes = 1024

function encode({ type, code, id, token, options, payload }: Packet): Buffer {
  const parts: Uint8Array[] = [
    Buffer.from([0x40 | (type << 4) | token.length, code, id >> 8, id & 255]),
    token,
  ]
  let previous = 0
  for (const [number, value] of options) {
    const [delta, length] = [number - previous, value.length]
    const head = [(Math.min(delta, 13) << 4) | Math.min(length, 13)]
    if (delta >= 13) head.push(delta - 13)
    if (length >= 13) head.push(length - 13)
    parts.push(Buffer.from(head), value)
    previous = number
  }
  if (payload.length > 0) parts.push(Buffer.from([255]), payload)
  return Buffer.concat(parts)
}

function decode(datagram: Buffer): Packet {
  let at = 4 + ((datagram[0] ?? 0) & 15)
  const options: Option[] = []
  let number = 0
  while (at < datagram.length && datagram[at] !== 255) {
    const head = datagram[at++] ?? 0
    let [delta, length] = [head >> 4, head & 15]
    if (delta === 13) delta += datagram[at++] ?? 0
    if (length === 13) length += datagram[at++] ?? 0
    number += delta
    options.push([number, datagram.subarray(at, at + length)])
    at += length
  }
  return {
    type: ((datagram[0] ?? 0) >> 4) & 3,
    code: datagram[1] ?? 0,
    id: datagram.readUInt16BE(2),
    token: datagram.subarray(4, 4 + ((datagram[0] ?? 0) & 15)),
    options,
    payload: at < datagram.length ? datagram.subarray(at + 1) : empty,
  }
}

function readBlock(options: readonly Option[], number: number): { index: number; more: boolean } | undefined {
  const value = options.find((option) => option[0] === number)?.[1]
  if (value === undefined) return undefined
  const bits = value.reduce((sum, byte) => sum * 256 + byte, 0)
  return { index: bits >> 4, more: (bits & 8) !== 0 }
}

/** Size exponent 6: blocks of 1024. */
function writeBlock(number: number, index: number, more: boolean): Option {
  const bits = (index << 4) | (more ? 8 : 0) | 6
  return [number, Buffer.from(bits < 256 ? [bits] : [bits >> 8, bits & 255])]
}

const slice = (body: Uint8Array, index: number) => body.subarray(index * blockBytes, (index + 1) * blockBytes)
const hasMore = (body: Uint8Array, index: number) => (index + 1) * blockBytes < body.length

export type SketchHandler = (
  code: number,
  path: string,
  body: Uint8Array,
) => { code: number; body: Uint8Array }

export class SketchServer {
  readonly #socket: Socket = createSocket('udp4')
  readonly #handler: SketchHandler
  readonly #answered = new Map<string, Buffer>()
  readonly #uploads = new Map<string, Uint8Array[]>()

  constructor(handler: SketchHandler) {
    this.#handler = handler
  }

  start(): Promise<number> {
    this.#socket.on('message', (datagram, { address, port }) => {
      const request = decode(datagram)
      const key = `${address}:${port}:${request.id}`
      let answer = this.#answered.get(key)
      if (answer === undefined) {
        answer = encode(this.#answer(request, `${address}:${port}`))
        this.#answered.set(key, answer)
        for (const oldest of this.#answered.keys()) {
          if (this.#answered.size <= 10_000) break
          this.#answered.delete(oldest)
        }
      }
      this.#socket.send(answer, port, address)
    })
    return new Promise((bound) => this.#socket.bind(0, '127.0.0.1', () => bound(this.#socket.address().port)))
  }

  #answer(request: Packet, from: string): Packet {
    const path = request.options
      .flatMap(([number, value]) => (number === uriPath ? [`/${value}`] : []))
      .join('')
    const { id, token } = request
    let body = request.payload
    const upload = readBlock(request.options, block1)
    if (upload !== undefined) {
      const key = `${from}${path}`
      const parts = upload.index === 0 ? [] : (this.#uploads.get(key) ?? [])
      parts.push(body)
      this.#uploads.set(key, parts)
      const echo = writeBlock(block1, upload.index, upload.more)
      if (upload.more) return { type: 2, code: 0x5f, id, token, options: [echo], payload: empty }
      this.#uploads.delete(key)
      body = Buffer.concat(parts)
    }
    const reply = this.#handler(request.code, path, body)
    const index = readBlock(request.options, block2)?.index ?? 0
    const options: Option[] = []
    if (reply.body.length > blockBytes) options.push(writeBlock(block2, index, hasMore(reply.body, index)))
    if (upload !== undefined) options.push(writeBlock(block1, upload.index, false))
    return { type: 2, code: reply.code, id, token, options, payload: slice(reply.body, index) }
  }
}

export class SketchClient {
  readonly #socket: Socket = createSocket('udp4')
  readonly #waiting = new Map<string, (response: Packet) => void>()
  readonly #port: number
  #count = 0

  constructor(port: number) {
    this.#port = port
    this.#socket.on('message', (datagram) => {
      const response = decode(datagram)
      const key = Buffer.from(response.token).toString('latin1')
      this.#waiting.get(key)?.(response)
      this.#waiting.delete(key)
    })
  }

  stop(): void {
    this.#socket.close()
  }

  /** The answer's code and whole body. */
  async request(
    code: number,
    path: string,
    body: Uint8Array = empty,
  ): Promise<{ code: number; body: Uint8Array }> {
    const segments = path
      .slice(1)
      .split('/')
      .map((segment): Option => [uriPath, Buffer.from(segment)])
    let response: Packet | undefined
    for (let index = 0; index === 0 || index * blockBytes < body.length; index++) {
      const block = body.length > blockBytes ? [writeBlock(block1, index, hasMore(body, index))] : []
      response = await this.#exchange(code, [...segments, ...block], slice(body, index))
    }
    if (response === undefined) throw new Error('unreachable: the loop runs once at least')
    const parts = [response.payload]
    for (let last = response; readBlock(last.options, block2)?.more === true; parts.push(last.payload)) {
      last = await this.#exchange(code, [...segments, writeBlock(block2, parts.length, false)], empty)
    }
    return { code: response.code, body: parts.length === 1 ? response.payload : Buffer.concat(parts) }
  }

  #exchange(code: number, options: readonly Option[], payload: Uint8Array): Promise<Packet> {
    this.#count++
    const token = Buffer.from([this.#count >> 24, this.#count >> 16, this.#count >> 8, this.#count])
    return new Promise((answered) => {
      this.#waiting.set(token.toString('latin1'), answered)
      const id = this.#count & 0xffff
      this.#socket.send(encode({ type: 0, code, id, token, options, payload }), this.#port, '127.0.0.1')
    })
  }
}
