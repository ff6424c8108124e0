import { describe, expect, it } from 'vitest'
import { decodeMessage } from '../../../../src/coap/codec/decode.ts'

const decode = (hex: string) => decodeMessage(Buffer.from(hex.replaceAll(' ', ''), 'hex'))

describe('decodeMessage', () => {
  it.each([
    ['a header of three bytes', '400112', /shorter than the header/],
    ['version 0', '00010001', /version 0/],
    ['version 2', '80010001', /version 2/],
    ['version 3', 'c0010001', /version 3/],
  ])('ignores %s, even when confirmable', (_, hex, reason) => {
    expect(decode(hex)).toEqual({ malformed: expect.stringMatching(reason), resetId: undefined })
  })

  it.each([
    ['token length 9', '4901 1234 010203040506070809', /token length 9 is reserved/],
    ['token length 15', '4f01 1234 0102030405060708090a0b0c0d0e0f', /token length 15 is reserved/],
    ['a token that is cut off', '4401 1234 0102', /within the token/],
    ['an empty message with a token', '4100 1234 01', /empty message/],
    ['an empty message with an option', '4000 1234 b0', /empty message/],
    ['an empty message with a payload', '4000 1234 ff41', /empty message/],
    ['code class 1', '4020 1234', /class 1 is reserved/],
    ['code class 6', '40c0 1234', /class 6 is reserved/],
    ['code class 7', '40e1 1234', /class 7 is reserved/],
    ['option delta 15', '4001 1234 f0', /delta or length 15/],
    ['option length 15', '4001 1234 0f', /delta or length 15/],
    ['an extended delta that is cut off', '4001 1234 d0', /within an option header/],
    ['an extended delta of two bytes that is cut off', '4001 1234 e001', /within an option header/],
    ['an extended length that is cut off', '4001 1234 0d', /within an option header/],
    ['both extensions, the second cut off', '4001 1234 dd01', /within an option header/],
    ['an option value that is cut off', '4001 1234 b36161', /within the value of option 11/],
    ['an option number above 65535', '4001 1234 e0ffff', /above 65535/],
    ['option numbers that add up to above 65535', '4001 1234 e0fe00 e00001', /above 65535/],
    ['a payload marker without payload', '4001 1234 ff', /payload marker/],
  ])('has a confirmable message with %s rejected with its ID', (_, hex, reason) => {
    expect(decode(hex)).toEqual({ malformed: expect.stringMatching(reason), resetId: 0x1234 })
  })

  it.each([
    ['non-confirmable', '5901 1234 010203040506070809'],
    ['an acknowledgement', '6945 1234 010203040506070809'],
    ['a non-confirmable message that is empty', '5000 1234'],
    ['an acknowledgement that carries a request', '6001 1234'],
    ['a reset with a code', '7045 1234'],
    ['a reset with a token', '7100 1234 01'],
  ])('ignores what is malformed and %s', (_, hex) => {
    expect(decode(hex)).toEqual({ malformed: expect.any(String), resetId: undefined })
  })

  it('takes 0xff within values and payload for what it is', () => {
    const message = decode('4001 1234 b2ffff ff ffff')
    expect(message).toMatchObject({
      options: [{ number: 11, value: Buffer.from('ffff', 'hex') }],
      payload: Buffer.from('ffff', 'hex'),
    })
  })
})
