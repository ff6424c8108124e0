import { describe, expect, it } from 'vitest'
import { createRandom, type Random } from '../../../evaluation/random.ts'
import { type Block, blockOption, findBlock } from '../../../src/coap/blockwise/block.ts'
import { decodeMessage } from '../../../src/coap/codec/decode.ts'
import { MessageType } from '../../../src/coap/codec/message.ts'
import { decodeText, findUint, textOption, uintOption } from '../../../src/coap/codec/option-value.ts'
import { Code, formatCode } from '../../../src/coap/codes.ts'
import { type CoapOption, OptionNumber } from '../../../src/coap/options.ts'
import { CoapServer, type CoapServerOptions } from '../../../src/coap/server.ts'
import { transmissionParameters } from '../../../src/coap/transmission.ts'
import { until } from '../../until.ts'
import { Ledger, patternBytes } from './bad-link.ts'
import { bytesOf, type RawMessage, RawPeer } from './raw-peer.ts'

/** Retransmissions after 40 ms; the empty acknowledgement after 10. */
const parameters = transmissionParameters({ ackTimeoutMs: 40, ackRandomFactor: 1, maxRetransmit: 3 })

async function openServer(options: Partial<CoapServerOptions> = {}) {
  const ledger = new Ledger()
  const server = new CoapServer({ router: ledger.router(), parameters, ...options })
  const { port } = await server.start({ port: 0, address: '127.0.0.1' })
  const peer = new RawPeer()
  return {
    ledger,
    server,
    port,
    peer,
    [Symbol.asyncDispose]: async () => {
      await peer[Symbol.asyncDispose]()
      await server.stop()
    },
  }
}

function to(path: string, id: number, more: Partial<RawMessage> = {}): RawMessage {
  const options = [
    textOption(OptionNumber.UriPath, path),
    textOption(OptionNumber.UriQuery, `id=${id}`),
    ...(more.options ?? []),
  ]
  return { code: Code.Get, id, token: Uint8Array.of(id >> 8, id & 0xff), ...more, options }
}

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')

describe('a server', () => {
  it('answers a ping with a reset of the same ID', async () => {
    await using at = await openServer()
    expect(await at.peer.ask(at.port, hex('40 00 12 34'))).toMatchObject({
      type: MessageType.Reset,
      code: Code.Empty,
      id: 0x1234,
    })
  })

  it.each([
    ['a token length of 9', '49 01 00 07'],
    ['an end within the token', '44 01 00 07 aa'],
    ['an option that is longer than the message', '40 01 00 07 b5 61'],
    ['an option delta of 15', '40 01 00 07 f1 61'],
    ['an option length of 15', '40 01 00 07 bf 61'],
    ['an end within an extended option header', '40 01 00 07 be 01'],
    ['option numbers above 65535', '40 01 00 07 e0 fe f2 e0 01 00'],
    ['a payload marker and no payload', '40 01 00 07 ff'],
    ['a code of the reserved class 1', '40 21 00 07'],
    ['a code of the reserved class 7', '40 ff 00 07'],
    ['a token in an empty message', '41 00 00 07 aa'],
  ])('resets a confirmable message with %s, and ignores it when non-confirmable', async (_, text) => {
    await using at = await openServer()
    const confirmable = hex(text)
    expect(await at.peer.ask(at.port, confirmable)).toMatchObject({ type: MessageType.Reset, id: 7 })
    const nonConfirmable = Buffer.from(confirmable)
    nonConfirmable[0] = (nonConfirmable[0] ?? 0) | 0x10
    at.peer.send(at.port, nonConfirmable)
    expect(await at.peer.drain(at.port)).toEqual([])
  })

  it.each([
    ['nothing at all', ''],
    ['three bytes', '40 01 00'],
    ['another version', '80 01 00 07'],
    ['an acknowledgement that nobody waits for', '60 00 00 07'],
    ['a reset that nobody waits for', '70 00 00 07'],
    ['an acknowledgement that carries a request', '60 01 00 07'],
    ['a non-confirmable empty message', '50 00 00 07'],
    ['a non-confirmable response to nothing', '50 45 00 07'],
  ])('ignores %s', async (_, text) => {
    await using at = await openServer()
    at.peer.send(at.port, hex(text))
    expect(await at.peer.drain(at.port)).toEqual([])
  })

  it('resets a confirmable response to nothing', async () => {
    await using at = await openServer()
    expect(await at.peer.ask(at.port, hex('41 45 00 07 aa'))).toMatchObject({
      type: MessageType.Reset,
      id: 7,
    })
  })

  it('refuses an unknown critical option with 4.02, and with silence when non-confirmable', async () => {
    await using at = await openServer()
    const options = [{ number: 2053, value: Buffer.from('x') }]
    const answer = await at.peer.ask(at.port, to('small', 1, { options }))
    expect(formatCode(answer.code)).toBe('4.02')
    expect(decodeText(answer.payload)).toContain('2053')
    at.peer.send(at.port, to('small', 2, { options, type: MessageType.NonConfirmable }))
    expect(await at.peer.drain(at.port)).toEqual([])
    expect(at.ledger.calls).toEqual([])
  })

  it('ignores an unknown elective option', async () => {
    await using at = await openServer()
    const options = [{ number: 2052, value: Buffer.from('x') }]
    const answer = await at.peer.ask(at.port, to('small', 1, { options }))
    expect(decodeText(answer.payload)).toBe('answer 1')
  })

  it('answers each copy of a request alike and calls the handler once', async () => {
    await using at = await openServer()
    const request = bytesOf(to('small', 1))
    for (let copy = 0; copy < 5; copy++) at.peer.send(at.port, request)
    const answers = await at.peer.drain(at.port)
    expect(answers.map(({ payload }) => decodeText(payload))).toEqual(new Array(5).fill('answer 1'))
    expect(at.ledger.calls).toEqual([1])
  })

  it('takes another request for a new one though its client has come round to the same message ID', async () => {
    await using at = await openServer()
    expect(decodeText((await at.peer.ask(at.port, to('small', 7))).payload)).toBe('answer 7')
    const sameId = { ...to('small', 8), id: 7 }
    expect(decodeText((await at.peer.ask(at.port, sameId)).payload)).toBe('answer 8')
  })

  it('tells two peers with the same message ID and token apart', async () => {
    await using at = await openServer()
    await using other = new RawPeer()
    const request = to('small', 1)
    expect(decodeText((await at.peer.ask(at.port, request)).payload)).toBe('answer 1')
    expect(decodeText((await other.ask(at.port, request)).payload)).toBe('answer 1')
    expect(at.ledger.calls).toEqual([2])
  })
})

describe('a slow answer', () => {
  const post = (id: number) => to('slow', id, { code: Code.Post })

  it('is announced by an empty acknowledgement, which copies of the request get as well', async () => {
    await using at = await openServer()
    const request = bytesOf(post(1))
    const acknowledgement = { type: MessageType.Acknowledgement, code: Code.Empty, id: 1 }
    expect(await at.peer.ask(at.port, request)).toMatchObject(acknowledgement)
    expect(await at.peer.ask(at.port, request)).toMatchObject(acknowledgement)
    const response = await at.peer.receive()
    expect(response).toMatchObject({
      type: MessageType.Confirmable,
      code: Code.Content,
      token: Buffer.of(0, 1),
    })
    expect(at.ledger.calls).toEqual([1])
  })

  it('that is reset is not sent again', async () => {
    await using at = await openServer()
    await at.peer.ask(at.port, post(1))
    const response = await at.peer.receive()
    at.peer.send(at.port, { type: MessageType.Reset, code: Code.Empty, id: response.id })
    await until('the server has given it up', () => at.server.use?.openRequests.entries === 0)
    expect(await at.peer.drain(at.port)).toEqual([])
    expect(at.server.endpoint?.counters.retransmissions).toBe(0)
  })

  it('that is not acknowledged comes again, the same to the byte, until it is', async () => {
    await using at = await openServer()
    await at.peer.ask(at.port, post(1))
    const first = await at.peer.receive()
    const second = await at.peer.receive()
    expect(second).toEqual(first)
    at.peer.send(at.port, { type: MessageType.Acknowledgement, code: Code.Empty, id: first.id })
    await until('the server knows', () => at.server.use?.openRequests.entries === 0)
  })

  it('to a non-confirmable request is non-confirmable, without an acknowledgement before it', async () => {
    await using at = await openServer()
    const response = await at.peer.ask(at.port, { ...post(1), type: MessageType.NonConfirmable })
    expect(response).toMatchObject({ type: MessageType.NonConfirmable, token: Buffer.of(0, 1) })
    expect(decodeText(response.payload)).toBe('answer 1')
  })
})

describe('a body that comes in blocks', () => {
  const body = patternBytes(1_300, 1)
  const size = 256

  function put(id: number, block: Block, more: readonly CoapOption[] = [], payload?: Uint8Array): RawMessage {
    const from = block.number * block.size
    return {
      code: Code.Put,
      id,
      token: Buffer.of(0xf0, id >> 8, id & 0xff),
      options: [
        textOption(OptionNumber.UriPath, 'store'),
        textOption(OptionNumber.UriQuery, 'id=1'),
        blockOption(OptionNumber.Block1, block),
        ...more,
      ],
      payload: payload ?? body.subarray(from, from + block.size),
    }
  }

  const blocks: readonly Block[] = Array.from({ length: 6 }, (_, number) => ({
    number,
    more: number < 5,
    size,
  }))
  const first: Block = { number: 0, more: true, size }

  it('is put together though each block has a token of its own', async () => {
    await using at = await openServer()
    const codes: string[] = []
    for (const block of blocks) {
      const answer = await at.peer.ask(at.port, put(block.number + 1, block))
      codes.push(formatCode(answer.code))
      expect(answer.token).toEqual(Buffer.of(0xf0, 0, block.number + 1))
      expect(findBlock(answer.options, OptionNumber.Block1)).toEqual(block)
    }
    expect(codes).toEqual(['2.31', '2.31', '2.31', '2.31', '2.31', '2.04'])
    expect(Buffer.compare(at.ledger.bodies.get('1') ?? Buffer.alloc(0), body)).toBe(0)
    expect(at.server.use?.reassembly.entries).toBe(0)
  })

  it('is refused with 4.08 when a block is missing, and taken when begun anew', async () => {
    await using at = await openServer()
    await at.peer.ask(at.port, put(1, first))
    const gap = await at.peer.ask(at.port, put(2, { number: 2, more: true, size }))
    expect(formatCode(gap.code)).toBe('4.08')
    const orphan = await at.peer.ask(at.port, {
      ...put(3, { number: 1, more: false, size }),
      code: Code.Post,
    })
    expect(formatCode(orphan.code)).toBe('4.05')
    for (const block of blocks) await at.peer.ask(at.port, put(block.number + 10, block))
    expect(Buffer.compare(at.ledger.bodies.get('1') ?? Buffer.alloc(0), body)).toBe(0)
    expect(at.ledger.calls).toEqual([1])
  })

  it('without its first block is refused with 4.08', async () => {
    await using at = await openServer()
    const answer = await at.peer.ask(at.port, put(1, { number: 5, more: false, size }))
    expect(formatCode(answer.code)).toBe('4.08')
    expect(at.ledger.calls).toEqual([])
  })

  it('that is announced as too large is refused with its first block, and told what would be taken', async () => {
    await using at = await openServer({ maxBodyBytes: 1_000 })
    const answer = await at.peer.ask(at.port, put(1, first, [uintOption(OptionNumber.Size1, 1_300)]))
    expect(formatCode(answer.code)).toBe('4.13')
    expect(findUint(answer.options, OptionNumber.Size1)).toBe(1_000)
    expect(at.server.use?.reassembly.entries).toBe(0)
  })

  it('that turns out too large is refused when it does', async () => {
    await using at = await openServer({ maxBodyBytes: 600 })
    const codes: string[] = []
    for (const block of blocks.slice(0, 3))
      codes.push(formatCode((await at.peer.ask(at.port, put(block.number + 1, block))).code))
    expect(codes).toEqual(['2.31', '2.31', '4.13'])
    expect(at.server.use?.reassembly.entries).toBe(0)
    expect(at.ledger.calls).toEqual([])
  })

  it('is refused with 4.00 when a block is shorter than it says', async () => {
    await using at = await openServer()
    const answer = await at.peer.ask(at.port, put(1, first, [], body.subarray(0, 100)))
    expect(formatCode(answer.code)).toBe('4.00')
  })

  it('is refused with 4.00 when the block size is the reserved one', async () => {
    await using at = await openServer()
    const options = [uintOption(OptionNumber.Block1, 0x0f)]
    const answer = await at.peer.ask(at.port, to('store', 1, { code: Code.Put, options, payload: body }))
    expect(formatCode(answer.code)).toBe('4.00')
  })

  it('is kept apart from another that the same client sends to the same resource, by Request-Tag', async () => {
    await using at = await openServer()
    const tag = (value: number): CoapOption => ({ number: OptionNumber.RequestTag, value: Buffer.of(value) })
    const other = patternBytes(1_300, 2)
    for (const block of blocks) {
      const from = block.number * size
      await at.peer.ask(at.port, put(block.number + 1, block, [tag(1)]))
      const last = await at.peer.ask(
        at.port,
        put(block.number + 101, block, [tag(2)], other.subarray(from, from + size)),
      )
      const expected = block.more ? body : other
      if (!block.more) expect(formatCode(last.code)).toBe('2.04')
      if (!block.more) expect(Buffer.compare(at.ledger.bodies.get('1') ?? Buffer.alloc(0), expected)).toBe(0)
    }
    expect(at.ledger.calls).toEqual([2])
  })

  it('is kept apart from that of another peer with the same tokens and IDs', async () => {
    await using at = await openServer()
    await using other = new RawPeer()
    for (const block of blocks) {
      await at.peer.ask(at.port, put(block.number + 1, block))
      await other.ask(at.port, put(block.number + 1, block))
    }
    expect(at.ledger.calls).toEqual([2])
  })

  it('that nobody ends is forgotten, and no number of them takes more than the bound', async () => {
    const reassemblyBytes = 100_000
    let skippedMs = 0
    const clock = {
      now: () => performance.now() + skippedMs,
      setTimer: (callback: () => void, delayMs: number) => setTimeout(callback, delayMs),
      clearTimer: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout),
    }
    await using at = await openServer({ limits: { reassemblyBytes }, clock })
    for (let tag = 1; tag <= 500; tag++) {
      const options = [
        { number: OptionNumber.RequestTag, value: Buffer.of(tag >> 8, tag & 0xff) },
        uintOption(OptionNumber.Size1, 15_000),
      ]
      expect(formatCode((await at.peer.ask(at.port, put(tag, first, options))).code)).toBe('2.31')
    }
    const { entries = 0, bytes = 0 } = at.server.use?.reassembly ?? {}
    expect(entries).toBeGreaterThan(1)
    expect(bytes).toBeLessThanOrEqual(reassemblyBytes)
    skippedMs = 3_600_000
    const second = put(1_000, { number: 1, more: true, size }, [
      { number: OptionNumber.RequestTag, value: Buffer.of(500 >> 8, 500 & 0xff) },
    ])
    expect(formatCode((await at.peer.ask(at.port, second)).code)).toBe('4.08')
    expect(at.ledger.calls).toEqual([])
  })
})

describe('an answer that goes in blocks', () => {
  const text = patternBytes(10_000, 1)
  const get = (id: number, block: Block) => {
    const wanted = blockOption(OptionNumber.Block2, block)
    return { ...to('text', 1, { options: [wanted] }), id }
  }

  it('comes in blocks as small as were asked for, from one handler call', async () => {
    await using at = await openServer()
    const parts: Uint8Array[] = []
    for (let number = 0, more = true; more; number++) {
      const answer = await at.peer.ask(at.port, get(number + 1, { number, more: false, size: 64 }))
      const block = findBlock(answer.options, OptionNumber.Block2)
      if (block === undefined || block === 'reserved') throw new Error('no block came')
      expect(block).toMatchObject({ number, size: 64 })
      parts.push(answer.payload)
      more = block.more
    }
    expect(Buffer.compare(Buffer.concat(parts), text)).toBe(0)
    expect(at.ledger.calls).toEqual([1])
  })

  it('may be begun in the middle', async () => {
    await using at = await openServer()
    const answer = await at.peer.ask(at.port, get(1, { number: 9, more: false, size: 1024 }))
    expect(findBlock(answer.options, OptionNumber.Block2)).toEqual({ number: 9, more: false, size: 1024 })
    expect(Buffer.compare(answer.payload, text.subarray(9 * 1024))).toBe(0)
  })

  it('has no block past its end', async () => {
    await using at = await openServer()
    const answer = await at.peer.ask(at.port, get(1, { number: 10, more: false, size: 1024 }))
    expect(formatCode(answer.code)).toBe('4.00')
  })

  it('that nobody fetches is bounded', async () => {
    const responseBytes = 100_000
    await using at = await openServer({ limits: { responseBytes } })
    for (let id = 1; id <= 50; id++) {
      expect(formatCode((await at.peer.ask(at.port, to('text', id))).code)).toBe('2.05')
    }
    expect(at.server.use?.responses.bytes).toBeLessThanOrEqual(responseBytes)
    expect(at.server.use?.responses.entries).toBeGreaterThan(1)
  })
})

describe('random datagrams', () => {
  /** Each is answered once at most, and what is answered is well-formed. */
  async function flood(make: (random: Random) => Buffer, count: number): Promise<void> {
    await using at = await openServer()
    const random = createRandom(42)
    for (let sent = 0; sent < count; sent += 50) {
      for (let i = 0; i < 50; i++) at.peer.send(at.port, make(random))
      await at.peer.drain(at.port)
    }
    await using good = new RawPeer()
    expect(decodeText((await good.ask(at.port, to('small', 1))).payload)).toBe('answer 1')
    const { deduplication, reassembly, responses, openRequests } = at.server.use ?? {}
    for (const table of [deduplication, reassembly, responses, openRequests]) {
      expect(table?.bytes).toBeLessThanOrEqual(table?.limitBytes ?? 0)
    }
  }

  const byte = (random: Random) => Math.floor(random() * 256)
  const bytes = (length: number, random: Random) => Buffer.from(Array.from({ length }, () => byte(random)))

  it('of nothing but noise leave the server answering', async () => {
    await flood((random) => bytes(Math.floor(random() * 100), random), 5_000)
  })

  it('with a good header leave the server answering', async () => {
    await flood((random) => {
      const type = random() < 0.5 ? MessageType.Confirmable : MessageType.NonConfirmable
      const header = Buffer.of(0x40 | (type << 4), 1 + Math.floor(random() * 7), byte(random), byte(random))
      return Buffer.concat([header, bytes(Math.floor(random() * 40), random)])
    }, 5_000)
  })

  it('that are good requests with some bytes changed leave the server answering', async () => {
    const size = 64
    const block1 = blockOption(OptionNumber.Block1, { number: 0, more: true, size })
    const block2 = blockOption(OptionNumber.Block2, { number: 2, more: false, size })
    const payload = patternBytes(size, 1)
    const requests = [
      to('small', 1),
      to('text', 2, { options: [block2] }),
      to('store', 3, { code: Code.Put, options: [block1], payload }),
      to('reverse', 4, { code: Code.Put, payload }),
      to('slow', 5, { code: Code.Post, type: MessageType.NonConfirmable }),
    ].map(bytesOf)
    await flood((random) => {
      const datagram = Buffer.from(requests[Math.floor(random() * requests.length)] ?? '')
      for (let changes = 0; changes < 3; changes++)
        datagram[Math.floor(random() * datagram.length)] = byte(random)
      return datagram.subarray(0, random() < 0.2 ? Math.floor(random() * datagram.length) : datagram.length)
    }, 5_000)
  })

  it('that are cut off anywhere are rejected or ignored, never taken', async () => {
    await using at = await openServer()
    const whole = bytesOf(to('store', 1, { code: Code.Put, payload: patternBytes(40, 1) }))
    const end = whole.indexOf(0xff)
    for (let length = 4; length < end; length++) at.peer.send(at.port, whole.subarray(0, length))
    const answers = await at.peer.drain(at.port)
    const cutWithinOption = answers.filter(({ type }) => type === MessageType.Reset)
    expect(cutWithinOption.length).toBeGreaterThan(10)
    expect(at.ledger.bodies.get('1')).toBeUndefined()
    expect('malformed' in decodeMessage(whole)).toBe(false)
  })
})
