import { randomBytes } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { decode, encode } from 'cborg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { computeRouter, maxBubbleNumbers, maxSorts } from '../../../../services/compute/resources.ts'
import { CoapClient, type CoapRequestInit } from '../../../../src/coap/client.ts'
import { Code, formatCode } from '../../../../src/coap/codes.ts'
import { ContentFormat } from '../../../../src/coap/content-format.ts'
import { OptionNumber } from '../../../../src/coap/options.ts'
import { CoapServer } from '../../../../src/coap/server.ts'
import { rfc7252Parameters } from '../../../../src/coap/transmission.ts'

const { TextPlain, Json, Cbor, Xml } = ContentFormat
const mebibyte = 1024 * 1024

let server: CoapServer
let client: CoapClient
let port = 0
beforeEach(async () => {
  server = new CoapServer({ router: computeRouter() })
  client = new CoapClient({ parameters: { ...rfc7252Parameters, nstart: 16 } })
  port = (await server.start({ port: 0, address: '127.0.0.1' })).port
})
afterEach(async () => {
  await client.stop()
  await server.stop()
})

const uri = (path: string) => `coap://127.0.0.1:${port}${path}`

async function put(path: string, payload: Uint8Array | string, init: CoapRequestInit = {}) {
  const response = await client.request(uri(path), { method: Code.Put, payload, ...init })
  return { ...response, code: formatCode(response.code), text: response.text() }
}

/** Integers that repeat with the seed, as `minstd` makes them. */
function integers(count: number, seed = 1): number[] {
  let state = seed
  return Array.from({ length: count }, () => {
    state = (state * 48_271) % 2_147_483_647
    return state % 1_000_000
  })
}

const ascending = (values: readonly number[]) => [...values].sort((a, b) => a - b)

describe('numbers in, numbers out', () => {
  it.each(['/mergesort', '/bubblesort'])('%s sorts 2,000 integers in every format', async (path) => {
    const values = integers(2000)
    const text = await put(path, values.join('\n'))
    expect([text.code, text.contentFormat]).toEqual(['2.04', TextPlain])
    expect(text.text.split(' ').map(Number)).toEqual(ascending(values))

    const json = await put(path, JSON.stringify(values), { contentFormat: Json })
    expect([json.code, json.contentFormat]).toEqual(['2.04', Json])
    expect(JSON.parse(json.text)).toEqual(ascending(values))

    const cbor = await put(path, encode(values), { contentFormat: Cbor })
    expect([cbor.code, cbor.contentFormat]).toEqual(['2.04', Cbor])
    expect(decode(cbor.payload)).toEqual(ascending(values))
  })

  it('/average answers one number', async () => {
    expect(await put('/average', '1, 2 6')).toMatchObject({
      code: '2.04',
      text: '3',
      contentFormat: TextPlain,
    })
    expect(await put('/average', '[1,2]', { contentFormat: Json })).toMatchObject({
      text: '1.5',
      contentFormat: Json,
    })
    const cbor = await put('/average', encode([1, 2]), { contentFormat: Cbor })
    expect(decode(cbor.payload)).toBe(1.5)
  })

  it('answers in the format that is accepted', async () => {
    const cbor = await put('/mergesort', '3 1 2', { accept: Cbor })
    expect([decode(cbor.payload), cbor.contentFormat]).toEqual([[1, 2, 3], Cbor])
    const json = await put('/mergesort', encode([3, 1, 2]), { contentFormat: Cbor, accept: Json })
    expect([json.text, json.contentFormat]).toEqual(['[1,2,3]', Json])
  })

  it('takes 1 MiB and gives it back, block by block', async () => {
    const values = integers(mebibyte / 7)
    const payload = values.join(' ').padEnd(mebibyte, ' ')
    expect(Buffer.byteLength(payload)).toBe(mebibyte)
    const sorted = await put('/mergesort', payload)
    expect(sorted.code).toBe('2.04')
    expect(sorted.text.split(' ').map(Number)).toEqual(ascending(values))
  })

  it('lists its resources', async () => {
    const links = (await client.request(uri('/.well-known/core'))).text()
    for (const name of ['average', 'mergesort', 'bubblesort']) {
      expect(links).toMatch(new RegExp(`</${name}>;rt="shoal.${name}";ct="0 50 60"`))
    }
  })
})

describe('what is not accepted', () => {
  it.each([
    ['not a number', '1 2 three', TextPlain, '4.00', "index 2, byte 4: expected a number, got 'three'"],
    ['NaN', '[1,NaN]', Json, '4.00', "index 1, byte 3: expected a number, got 'NaN'"],
    ['nothing', '', TextPlain, '4.00', 'there are no numbers'],
    ['an empty list', '[]', Json, '4.00', 'there are no numbers'],
    [
      'a number beyond the safe range',
      '1 9007199254740993',
      TextPlain,
      '4.00',
      "index 1, byte 2: '9007199254740993' is too large, the safe range is ±9007199254740991",
    ],
    [
      'CBOR that is no list',
      Buffer.from([0xa0]),
      Cbor,
      '4.00',
      'index 0, byte 0: expected an array of numbers, got map',
    ],
    [
      'JSON sent as CBOR',
      '[1]',
      Cbor,
      '4.00',
      'index 0, byte 0: not well-formed CBOR: not enough data for type',
    ],
  ])('is %s, and the answer says where', async (_, payload, contentFormat, code, diagnostic) => {
    for (const path of ['/average', '/mergesort', '/bubblesort']) {
      expect(await put(path, payload, { contentFormat })).toMatchObject({
        code,
        text: diagnostic,
        contentFormat: undefined,
      })
    }
  })

  it('is another content format, either way', async () => {
    expect((await put('/average', '<a/>', { contentFormat: Xml })).code).toBe('4.15')
    expect((await put('/average', '1', { accept: Xml })).code).toBe('4.06')
  })

  it('is another path or method', async () => {
    expect((await put('/median', '1')).code).toBe('4.04')
    expect((await put('/', '1')).code).toBe('4.04')
    for (const method of [Code.Get, Code.Post, Code.Delete]) {
      expect(formatCode((await client.request(uri('/average'), { method })).code)).toBe('4.05')
    }
  })

  it('is a body of more than 1 MiB', async () => {
    for (const bytes of [mebibyte + 1, 2 * mebibyte]) {
      expect((await put('/average', '1 '.repeat(bytes / 2 + 1))).code).toBe('4.13')
    }
    expect((await put('/average', '1 2')).code).toBe('2.04')
  })

  it('is a bubblesort that would never end', async () => {
    const { code, text } = await put('/bubblesort', '1 '.repeat(maxBubbleNumbers + 1))
    expect(code).toBe('4.13')
    expect(text).toBe(
      `${maxBubbleNumbers + 1} numbers; bubblesort takes ${maxBubbleNumbers} at most, mergesort takes them all`,
    )
  })
})

describe('a long sort', () => {
  /** Reversed: the worst case. 20,000 of them take bubblesort long enough to be overtaken. */
  const many = Array.from({ length: 20_000 }, (_, index) => 20_000 - index)

  it('is overtaken by pings and other requests', async () => {
    const order: string[] = []
    const sort = put('/bubblesort', JSON.stringify(many), { contentFormat: Json }).then((answer) => {
      order.push('sort')
      return answer
    })
    // The first of them waits until the body has gone out; the sort is under way when the second is answered.
    for (let round = 0; round < 2; round++) {
      await client.ping(uri('/'))
      order.push('ping')
      expect((await put('/average', '1 2 3')).text).toBe('2')
      order.push('average')
    }
    const { code, text } = await sort
    expect(code).toBe('2.04')
    expect(JSON.parse(text)).toEqual(ascending(many))
    expect(order.at(-1)).toBe('sort')
  })

  it('is refused while enough of them are under way, and taken again afterwards', async () => {
    const sorts = Array.from({ length: maxSorts + 2 }, () => put('/bubblesort', many.join(' ')))
    const answers = await Promise.all(sorts)
    expect(answers.map(({ code }) => code).toSorted()).toEqual([
      ...Array.from({ length: maxSorts }, () => '2.04'),
      '5.03',
      '5.03',
    ])
    const refused = answers.find(({ code }) => code === '5.03')
    expect(refused?.text).toBe(`${maxSorts} sorts are under way, come back later`)
    expect(refused?.options.find(({ number }) => number === OptionNumber.MaxAge)?.value).toEqual(
      Buffer.from([5]),
    )
    expect((await put('/bubblesort', '2 1')).text).toBe('1 2')
  })
})

describe('a hostile peer', () => {
  let socket: Socket
  beforeEach(async () => {
    socket = createSocket('udp4')
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  })
  afterEach(() => void socket.close())

  const send = (datagram: Uint8Array) =>
    new Promise<void>((resolve) => socket.send(datagram, port, '127.0.0.1', () => resolve()))

  /** A confirmable PUT /average with one block of 1,024 bytes, of which it says that more follow. */
  function firstBlock(id: number): Buffer {
    const token = Buffer.alloc(4)
    token.writeUInt32BE(id)
    const header = Buffer.from([0x44, Code.Put, id >> 8, id & 0xff])
    const uriPath = Buffer.concat([Buffer.from([0xb7]), Buffer.from('average')])
    const block1 = Buffer.from([0xd1, 27 - 11 - 13, 0x0e])
    return Buffer.concat([header, token, uriPath, block1, Buffer.from([0xff]), Buffer.alloc(1024, '1 ')])
  }

  it('that breaks off thousands of transfers leaves room for the next good request', async () => {
    let continued = 0
    socket.on('message', (answer) => {
      if (answer[1] === Code.Continue) continued++
    })
    for (let id = 0; id < 3000; id++) await send(firstBlock(id))
    expect((await put('/average', '1 2 3')).text).toBe('2')
    expect(continued).toBeGreaterThan(0)
    expect(server.use?.reassembly.bytes).toBeLessThanOrEqual(16 * mebibyte)
  })

  it('that sends thousands of random datagrams does not keep a good one from its answer', async () => {
    for (let sent = 0; sent < 3000; sent++) await send(randomBytes(sent % 64))
    expect((await put('/mergesort', '3 1 2')).text).toBe('1 2 3')
  })

  it('that sends good datagrams with one byte changed does not either', async () => {
    const good = firstBlock(7)
    for (let at = 0; at < 24; at++) {
      for (let value = 0; value < 256; value++) {
        const changed = Buffer.from(good)
        changed[at] = value
        await send(changed)
      }
    }
    expect((await put('/mergesort', '3 1 2')).text).toBe('1 2 3')
  })
})
