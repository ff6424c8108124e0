import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blockOption, findBlock, isBlockSize } from '../../../../src/coap/blockwise/block.ts'
import { decodeMessage } from '../../../../src/coap/codec/decode.ts'
import { encodeMessage } from '../../../../src/coap/codec/encode.ts'
import { type Message, MessageType } from '../../../../src/coap/codec/message.ts'
import { decodeUint, encodeUint } from '../../../../src/coap/codec/option-value.ts'

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array))
const aCode = fc.oneof(fc.integer({ min: 1, max: 31 }), fc.integer({ min: 0x40, max: 0xbf }))
const anOption = fc.record({
  number: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 65535 })),
  value: fc.oneof(bytes(14), bytes(300), bytes(1100)),
})
const aMessage: fc.Arbitrary<Message> = fc.record({
  type: fc.constantFrom(MessageType.Confirmable, MessageType.NonConfirmable),
  code: aCode,
  id: fc.integer({ min: 0, max: 65535 }),
  token: bytes(8),
  options: fc.array(anOption, { maxLength: 8 }),
  payload: bytes(1100),
})

/** In the order of its options' numbers, with bytes as text: whether they are a Buffer is no matter. */
const plain = ({ token, options, payload, ...rest }: Message) => ({
  ...rest,
  token: hex(token),
  options: options.toSorted((a, b) => a.number - b.number).map(({ number, value }) => [number, hex(value)]),
  payload: hex(payload),
})
const hex = (array: Uint8Array) => Buffer.from(array).toString('hex')

function decoded(datagram: Uint8Array): Message {
  const message = decodeMessage(datagram)
  if ('malformed' in message) throw new Error(message.malformed)
  return message
}

/** Single bytes of a valid datagram changed, so that the interesting branches are met. */
const almostValid = fc
  .tuple(aMessage, fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }), fc.nat())
  .map(([message, changes, cut]) => {
    const datagram = encodeMessage(message)
    for (const [at, value] of changes) datagram[at % datagram.length] = value
    return datagram.subarray(0, cut % 4 === 0 ? cut % (datagram.length + 1) : datagram.length)
  })

describe('the codec', () => {
  it('decodes what it encoded, the options in the order of their numbers', () => {
    fc.assert(
      fc.property(aMessage, (message) => {
        const back = decoded(encodeMessage(message))
        expect(plain(back)).toEqual(plain(message))
        expect(back.options.map(({ number }) => number)).toEqual(
          back.options.map(({ number }) => number).sort((a, b) => a - b),
        )
      }),
    )
  })

  it('never throws on any bytes, and decodes to what encodes to the same message', () => {
    fc.assert(
      fc.property(fc.oneof(bytes(64), almostValid), (datagram) => {
        const message = decodeMessage(datagram)
        if ('malformed' in message) return
        expect(plain(decoded(encodeMessage(message)))).toEqual(plain(message))
      }),
      { numRuns: 2000 },
    )
  })

  it('writes numbers in as few bytes as they take', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (value) => {
        expect(decodeUint(encodeUint(value))).toBe(value)
        expect(encodeUint(value)[0]).not.toBe(0)
      }),
    )
  })

  it('reads the block that it wrote', () => {
    const aBlock = fc.record({
      number: fc.integer({ min: 0, max: 0xfffff }),
      more: fc.boolean(),
      size: fc.constantFrom(16, 32, 64, 128, 256, 512, 1024).filter(isBlockSize),
    })
    fc.assert(
      fc.property(aBlock, fc.constantFrom(23, 27), (block, number) => {
        const option = blockOption(number, block)
        expect(findBlock([option], number)).toEqual(block)
        expect(option.value.length).toBeLessThanOrEqual(3)
      }),
    )
  })
})
