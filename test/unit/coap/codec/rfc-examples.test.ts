// The message exchanges of RFC 7252 appendix A, byte for byte where the RFC prints bytes.
import { describe, expect, it } from 'vitest'
import { decodeMessage } from '../../../../src/coap/codec/decode.ts'
import { encodeEmpty, encodeMessage } from '../../../../src/coap/codec/encode.ts'
import { type Message, MessageType, noBytes } from '../../../../src/coap/codec/message.ts'
import { textOption } from '../../../../src/coap/codec/option-value.ts'
import { Code } from '../../../../src/coap/codes.ts'
import { OptionNumber } from '../../../../src/coap/options.ts'

const temperature = textOption(OptionNumber.UriPath, 'temperature')
const reading = Buffer.from('22.3 C')

const examples: { name: string; hex: string; message: Message }[] = [
  {
    name: 'figure 16: a confirmable GET',
    hex: '40017d34 bb74656d7065726174757265',
    message: {
      type: MessageType.Confirmable,
      code: Code.Get,
      id: 0x7d34,
      token: noBytes,
      options: [temperature],
      payload: noBytes,
    },
  },
  {
    name: 'figure 16: its piggybacked response',
    hex: '60457d34 ff32322e332043',
    message: {
      type: MessageType.Acknowledgement,
      code: Code.Content,
      id: 0x7d34,
      token: noBytes,
      options: [],
      payload: reading,
    },
  },
  {
    name: 'figure 17: a confirmable GET with a token',
    hex: '41017d35 20 bb74656d7065726174757265',
    message: {
      type: MessageType.Confirmable,
      code: Code.Get,
      id: 0x7d35,
      token: Buffer.of(0x20),
      options: [temperature],
      payload: noBytes,
    },
  },
  {
    name: 'figure 17: its piggybacked response with the token',
    hex: '61457d35 20 ff32322e332043',
    message: {
      type: MessageType.Acknowledgement,
      code: Code.Content,
      id: 0x7d35,
      token: Buffer.of(0x20),
      options: [],
      payload: reading,
    },
  },
  {
    name: 'figure 20: the separate response, confirmable',
    hex: '4145ad7b 53 ff32322e332043',
    message: {
      type: MessageType.Confirmable,
      code: Code.Content,
      id: 0xad7b,
      token: Buffer.of(0x53),
      options: [],
      payload: reading,
    },
  },
  {
    name: 'figure 22: a non-confirmable GET',
    hex: '51017d40 75 bb74656d7065726174757265',
    message: {
      type: MessageType.NonConfirmable,
      code: Code.Get,
      id: 0x7d40,
      token: Buffer.of(0x75),
      options: [temperature],
      payload: noBytes,
    },
  },
  {
    name: 'figure 22: its non-confirmable response',
    hex: '5145ad7c 75 ff32322e332043',
    message: {
      type: MessageType.NonConfirmable,
      code: Code.Content,
      id: 0xad7c,
      token: Buffer.of(0x75),
      options: [],
      payload: reading,
    },
  },
]

describe('RFC 7252 appendix A', () => {
  it.each(examples)('encodes $name', ({ hex, message }) => {
    expect(encodeMessage(message).toString('hex')).toBe(hex.replaceAll(' ', ''))
  })

  it.each(examples)('decodes $name', ({ hex, message }) => {
    expect(decodeMessage(Buffer.from(hex.replaceAll(' ', ''), 'hex'))).toEqual(message)
  })

  it('has an empty acknowledgement and a reset of four bytes (figures 18 and 21)', () => {
    expect(encodeEmpty(MessageType.Acknowledgement, 0x7d38).toString('hex')).toBe('60007d38')
    expect(encodeEmpty(MessageType.Reset, 0xad7b).toString('hex')).toBe('7000ad7b')
  })
})

const aGet: Message = {
  type: MessageType.Confirmable,
  code: Code.Get,
  id: 1,
  token: noBytes,
  options: [],
  payload: noBytes,
}

describe('option encoding', () => {
  it('writes delta and length of 13 and 269 in one and two bytes more (§3.1)', () => {
    const encode = (number: number, length: number) =>
      encodeMessage({ ...aGet, options: [{ number, value: new Uint8Array(length) }] })
        .subarray(4, 9)
        .toString('hex')
    expect(encode(12, 12)).toBe('cc00000000')
    expect(encode(13, 0)).toBe('d000')
    expect(encode(268, 13)).toBe('ddff000000')
    expect(encode(269, 269)).toBe('ee00000000')
    expect(encode(65535, 0)).toBe('e0fef2')
  })
})
