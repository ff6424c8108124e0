import { describe, expect, it } from 'vitest'
import { encodeMessage } from '../../../../src/coap/codec/encode.ts'
import { aMessage } from '../test-wire.ts'

describe('encodeMessage', () => {
  it.each([
    ['a token of 9 bytes', { token: new Uint8Array(9) }, /at most 8 bytes/],
    [
      'an option number above 65535',
      { options: [{ number: 65536, value: new Uint8Array(0) }] },
      /0 to 65535/,
    ],
    ['an option number below 0', { options: [{ number: -1, value: new Uint8Array(0) }] }, /0 to 65535/],
    [
      'a value longer than a length can say',
      { options: [{ number: 1, value: new Uint8Array(65805) }] },
      /above 65804/,
    ],
    ['more than a datagram carries', { payload: new Uint8Array(65_508) }, /do not fit in a datagram/],
  ])('refuses %s', (_, parts, reason) => {
    expect(() => encodeMessage(aMessage(parts))).toThrow(
      expect.objectContaining({ kind: 'bad-request', message: expect.stringMatching(reason) }),
    )
  })

  it('keeps options of one number in their order', () => {
    const option = (number: number, byte: number) => ({ number, value: Uint8Array.of(byte) })
    const datagram = encodeMessage(
      aMessage({
        token: new Uint8Array(0),
        options: [option(15, 1), option(11, 2), option(15, 3), option(11, 4)],
      }),
    )
    expect(datagram.subarray(4).toString('hex')).toBe('b102010441010103')
  })
})
