// From a message to a datagram.
import { CoapError } from '../coap-error.ts'
import { Code } from '../codes.ts'
import type { CoapOption } from '../options.ts'
import { type Message, payloadMarker } from './message.ts'

/** The largest option value that a length field can say (RFC 7252 §3.1). */
const maxOptionLength = 269 + 65535

/** What UDP over IPv4 carries at most. */
const maxDatagram = 65507

/** RFC 7252 §3. Sorts the options by number, those of one number stay in their order. Throws `CoapError` (`bad-request`) for what the format cannot carry. */
export function encodeMessage(message: Message): Buffer {
  const { token, payload } = message
  if (token.length > 8) throw new CoapError('bad-request', `a token has at most 8 bytes, not ${token.length}`)
  const options = inOrder(message.options)
  let size = 4 + token.length + (payload.length === 0 ? 0 : 1 + payload.length)
  let previous = 0
  for (const { number, value } of options) {
    checkOption(number, value)
    size += 1 + extensionBytes(number - previous) + extensionBytes(value.length) + value.length
    previous = number
  }

  if (size > maxDatagram) throw new CoapError('bad-request', `${size} bytes do not fit in a datagram`)

  const datagram = Buffer.allocUnsafe(size)
  datagram[0] = 0x40 | (message.type << 4) | token.length
  datagram[1] = message.code
  datagram[2] = message.id >> 8
  datagram[3] = message.id & 0xff
  let at = copyBytes(token, datagram, 4)
  previous = 0
  for (const { number, value } of options) {
    at = writeOption(datagram, at, number - previous, value)
    previous = number
  }
  if (payload.length > 0) {
    datagram[at] = payloadMarker
    datagram.set(payload, at + 1)
  }
  return datagram
}

/** A message of the header alone: an empty acknowledgement, a reset, a ping (RFC 7252 §4.1). */
export function encodeEmpty(type: number, id: number): Buffer {
  const datagram = Buffer.allocUnsafe(4)
  datagram[0] = 0x40 | (type << 4)
  datagram[1] = Code.Empty
  datagram[2] = id >> 8
  datagram[3] = id & 0xff
  return datagram
}

function inOrder(options: readonly CoapOption[]): readonly CoapOption[] {
  let previous = 0
  for (const { number } of options) {
    if (number < previous) return options.toSorted((a, b) => a.number - b.number)
    previous = number
  }
  return options
}

function checkOption(number: number, value: Uint8Array): void {
  if (!Number.isInteger(number) || number < 0 || number > 65535) {
    throw new CoapError('bad-request', `an option number is an integer from 0 to 65535, not ${number}`)
  }
  if (value.length > maxOptionLength) {
    throw new CoapError(
      'bad-request',
      `the value of option ${number} has ${value.length} bytes, above ${maxOptionLength}`,
    )
  }
}

/** RFC 7252 §3.1: 0 to 12 stand in the nibble, up to 268 in one byte more, above in two. */
function extensionBytes(value: number): number {
  if (value < 13) return 0
  return value < 269 ? 1 : 2
}

function writeOption(datagram: Uint8Array, start: number, delta: number, value: Uint8Array): number {
  const length = value.length
  const deltaNibble = delta < 13 ? delta : delta < 269 ? 13 : 14
  const lengthNibble = length < 13 ? length : length < 269 ? 13 : 14
  datagram[start] = (deltaNibble << 4) | lengthNibble
  let at = writeExtension(datagram, start + 1, delta)
  at = writeExtension(datagram, at, length)
  return copyBytes(value, datagram, at)
}

function writeExtension(datagram: Uint8Array, at: number, value: number): number {
  if (value < 13) return at
  if (value < 269) {
    datagram[at] = value - 13
    return at + 1
  }
  datagram[at] = (value - 269) >> 8
  datagram[at + 1] = (value - 269) & 0xff
  return at + 2
}

/** Tokens and options are a few bytes: a loop beats the call of `set`. */
function copyBytes(from: Uint8Array, to: Uint8Array, at: number): number {
  const length = from.length
  if (length > 16) to.set(from, at)
  else for (let i = 0; i < length; i++) to[at + i] = from[i] ?? 0
  return at + length
}
