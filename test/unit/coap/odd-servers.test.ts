import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../evaluation/random.ts'
import { type Block, blockOption } from '../../../src/coap/blockwise/block.ts'
import { CoapClient } from '../../../src/coap/client.ts'
import { CoapError } from '../../../src/coap/coap-error.ts'
import { type Message, MessageType } from '../../../src/coap/codec/message.ts'
import { Code } from '../../../src/coap/codes.ts'
import { OptionNumber } from '../../../src/coap/options.ts'
import { transmissionParameters } from '../../../src/coap/transmission.ts'
import { patternBytes } from './bad-link.ts'
import { bytesOf, type RawMessage, RawPeer } from './raw-peer.ts'

const parameters = transmissionParameters({ ackTimeoutMs: 200, maxRetransmit: 3 })

/** A server of bare bytes, and a client that asks it. */
async function openOddServer() {
  const peer = new RawPeer()
  const uri = `coap://127.0.0.1:${await peer.start()}/x`
  const client = new CoapClient({ parameters })
  return {
    peer,
    uri,
    client,
    [Symbol.asyncDispose]: async () => {
      await client.stop()
      await peer[Symbol.asyncDispose]()
    },
  }
}

function answerTo({ id, token }: Message, more: Partial<RawMessage> = {}): RawMessage {
  return {
    type: MessageType.Acknowledgement,
    code: Code.Content,
    id,
    token,
    payload: Buffer.from('right'),
    ...more,
  }
}

describe('a client', () => {
  it('rejects with `reset` when its request is reset', async () => {
    await using at = await openOddServer()
    const asked = at.client.request(at.uri)
    const { port, id } = await at.peer.receive()
    at.peer.send(port, { type: MessageType.Reset, code: Code.Empty, id })
    await expect(asked).rejects.toMatchObject({ kind: 'reset' })
  })

  it.each<[string, (request: Message) => RawMessage | Uint8Array]>([
    ['a response with another token', (request) => answerTo(request, { token: Buffer.from('other') })],
    ['a response without a token', (request) => answerTo(request, { token: new Uint8Array(0) })],
    ['an acknowledgement of another message', ({ id }) => ({ type: 2, code: Code.Empty, id: id ^ 1 })],
    ['a reset of another message', ({ id }) => ({ type: 3, code: Code.Empty, id: id ^ 1 })],
    ['a response to another message', (request) => answerTo(request, { id: request.id ^ 1 })],
    ['a datagram of version 2', (request) => Buffer.from(bytesOf(answerTo(request))).fill(0x96, 0, 1)],
    ['a datagram of two bytes', () => Buffer.of(0x60, 0x45)],
    ['an empty datagram', () => Buffer.alloc(0)],
  ])('is not misled by %s', async (_, mislead) => {
    await using at = await openOddServer()
    const asked = at.client.request(at.uri)
    const request = await at.peer.receive()
    at.peer.send(request.port, mislead(request))
    at.peer.send(request.port, answerTo(request))
    expect((await asked).text()).toBe('right')
  })

  it('is not misled by the right answer from a wrong address', async () => {
    await using at = await openOddServer()
    await using other = new RawPeer()
    const asked = at.client.request(at.uri)
    const request = await at.peer.receive()
    const forged = answerTo(request, { payload: Buffer.from('forged') })
    other.send(request.port, forged)
    other.send(request.port, { ...forged, type: MessageType.NonConfirmable })
    other.send(request.port, { ...forged, type: MessageType.Confirmable })
    expect(await other.drain(request.port)).toMatchObject([{ type: MessageType.Reset, id: request.id }])
    at.peer.send(request.port, answerTo(request))
    expect((await asked).text()).toBe('right')
  })

  it('acknowledges a separate response, also when it comes again', async () => {
    await using at = await openOddServer()
    const asked = at.client.request(at.uri)
    const { port, id, token } = await at.peer.receive()
    at.peer.send(port, { type: MessageType.Acknowledgement, code: Code.Empty, id })
    const separate = bytesOf({ code: Code.Content, id: 7, token, payload: Buffer.from('right') })
    const acknowledgement = { type: MessageType.Acknowledgement, code: Code.Empty, id: 7 }
    expect(await at.peer.ask(port, separate)).toMatchObject(acknowledgement)
    expect(await at.peer.ask(port, separate)).toMatchObject(acknowledgement)
    expect((await asked).text()).toBe('right')
  })

  it('resets a separate response that answers nothing', async () => {
    await using at = await openOddServer()
    const asked = at.client.request(at.uri)
    const request = await at.peer.receive()
    const stray = { code: Code.Content, id: 7, token: Buffer.from('nobody') }
    expect(await at.peer.ask(request.port, stray)).toMatchObject({ type: MessageType.Reset, id: 7 })
    at.peer.send(request.port, answerTo(request))
    await asked
  })

  it('resets a request: it is no server', async () => {
    await using at = await openOddServer()
    const asked = at.client.request(at.uri)
    const request = await at.peer.receive()
    expect(await at.peer.ask(request.port, { code: Code.Get, id: 8 })).toMatchObject({
      type: MessageType.Reset,
      id: 8,
    })
    at.peer.send(request.port, answerTo(request))
    await asked
  })

  it('rejects an answer with a critical option that it does not know', async () => {
    await using at = await openOddServer()
    const asked = at.client.request(at.uri)
    const request = await at.peer.receive()
    at.peer.send(request.port, answerTo(request, { options: [{ number: 2053, value: Buffer.of(1) }] }))
    await expect(asked).rejects.toMatchObject({
      kind: 'bad-response',
      message: expect.stringContaining('2053'),
    })
  })

  it('answers a ping with a reset while it waits', async () => {
    await using at = await openOddServer()
    const asked = at.client.request(at.uri)
    const request = await at.peer.receive()
    expect(await at.peer.ask(request.port, { code: Code.Empty, id: 9 })).toMatchObject({
      type: MessageType.Reset,
      id: 9,
    })
    at.peer.send(request.port, answerTo(request))
    await asked
  })

  it('survives thousands of random datagrams while it waits, and takes the right answer', async () => {
    await using at = await openOddServer()
    const asked = at.client.request(at.uri, { deadlineMs: 20_000 })
    asked.catch(() => {})
    const request = await at.peer.receive()
    const random = createRandom(43)
    for (let sent = 0; sent < 5_000; sent += 50) {
      for (let i = 0; i < 50; i++) {
        const noise = Buffer.from(
          Array.from({ length: Math.floor(random() * 60) }, () => Math.floor(random() * 256)),
        )
        // Half of them claim to be CoAP, and none to be of this very request.
        if (noise.length > 4 && random() < 0.5) noise[0] = 0x40 | ((noise[0] ?? 0) & 0x3f)
        if (noise.length > 4 && noise.readUInt16BE(2) === request.id) noise[3] = (noise[3] ?? 0) ^ 1
        at.peer.send(request.port, noise)
      }
      await at.peer.drain(request.port)
    }
    at.peer.send(request.port, answerTo(request))
    expect((await asked).text()).toBe('right')
  })
})

describe('an answer in blocks', () => {
  const body = patternBytes(200, 1)
  const blockOf = (number: number, more: boolean): Block => ({ number, more, size: 64 })
  const part = (request: Message, block: Block, more: Partial<RawMessage> = {}) =>
    answerTo(request, {
      options: [blockOption(OptionNumber.Block2, block)],
      payload: body.subarray(block.number * 64, block.number * 64 + 64),
      ...more,
    })

  it.each<[string, (request: Message) => RawMessage]>([
    ['skips one', (request) => part(request, blockOf(2, true))],
    ['repeats one', (request) => part(request, blockOf(0, true))],
    ['forgets the number', (request) => answerTo(request)],
    ['is shorter than it says', (request) => part(request, blockOf(1, true), { payload: Buffer.alloc(10) })],
    ['has another code', (request) => part(request, blockOf(1, true), { code: Code.Changed })],
  ])('is refused when a block %s', async (_, second) => {
    await using at = await openOddServer()
    const asked = at.client.request(at.uri, { method: Code.Post })
    const first = await at.peer.receive()
    at.peer.send(first.port, part(first, blockOf(0, true)))
    const next = await at.peer.receive()
    at.peer.send(next.port, second(next))
    await expect(asked).rejects.toMatchObject({ kind: 'bad-response' })
  })

  it('becomes the error that the server answers in place of a block', async () => {
    await using at = await openOddServer()
    const asked = at.client.request(at.uri, { method: Code.Post })
    const first = await at.peer.receive()
    at.peer.send(first.port, part(first, blockOf(0, true)))
    const next = await at.peer.receive()
    at.peer.send(next.port, answerTo(next, { code: Code.NotFound }))
    expect((await asked).code).toBe(Code.NotFound)
  })

  it('without end is given up at the limit', async () => {
    await using at = await openOddServer()
    const asked = at.client.request(at.uri, { maxBodyBytes: 640 })
    asked.catch(() => {})
    let isOver = false
    void asked.then(
      () => {},
      () => {
        isOver = true
      },
    )
    for (let number = 0; number <= 10; number++) {
      const request = await at.peer.receive()
      at.peer.send(request.port, part(request, blockOf(number, true), { payload: Buffer.alloc(64) }))
    }
    await expect(asked).rejects.toMatchObject({ name: CoapError.name, kind: 'too-large' })
    expect(isOver).toBe(true)
  })
})

describe('a body in blocks', () => {
  it('is sent anew, once, when the server has lost the thread', async () => {
    await using at = await openOddServer()
    const asked = at.client.request(at.uri, {
      method: Code.Put,
      payload: patternBytes(100, 1),
      blockSize: 64,
    })
    const starts: number[] = []
    for (let round = 0; round < 2; round++) {
      const first = await at.peer.receive()
      starts.push(first.payload.length)
      const options = [blockOption(OptionNumber.Block1, { number: 0, more: true, size: 64 })]
      at.peer.send(first.port, answerTo(first, { code: Code.Continue, options, payload: new Uint8Array(0) }))
      const second = await at.peer.receive()
      at.peer.send(second.port, answerTo(second, { code: Code.RequestEntityIncomplete }))
    }
    expect((await asked).code).toBe(Code.RequestEntityIncomplete)
    expect(starts).toEqual([64, 64])
  })

  it('goes on in smaller blocks when the server asks for them', async () => {
    await using at = await openOddServer()
    const body = patternBytes(100, 1)
    const asked = at.client.request(at.uri, { method: Code.Put, payload: body, blockSize: 64 })
    const parts: Uint8Array[] = []
    let request = await at.peer.receive()
    parts.push(request.payload)
    const options = [blockOption(OptionNumber.Block1, { number: 0, more: true, size: 16 })]
    at.peer.send(
      request.port,
      answerTo(request, { code: Code.Continue, options, payload: new Uint8Array(0) }),
    )
    for (let number = 4; number <= 6; number++) {
      request = await at.peer.receive()
      parts.push(request.payload)
      const more = number < 6
      const echo = [blockOption(OptionNumber.Block1, { number, more, size: 16 })]
      at.peer.send(
        request.port,
        answerTo(request, { code: more ? Code.Continue : Code.Changed, options: echo }),
      )
    }
    expect((await asked).code).toBe(Code.Changed)
    expect(Buffer.compare(Buffer.concat(parts), body)).toBe(0)
    expect(parts.map((each) => each.length)).toEqual([64, 16, 16, 4])
  })
})
