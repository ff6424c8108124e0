// From a datagram to a message. Anything may arrive: whatever is malformed comes back as a value.
import { Code, isRequestCode, isResponseCode } from '../codes.ts'
import type { CoapOption } from '../options.ts'
import { type Malformed, type Message, MessageType, noBytes, noOptions, payloadMarker } from './message.ts'

/** RFC 7252 §3. Token, option values and payload are views of the datagram, not copies. Never throws. */
export function decodeMessage(datagram: Uint8Array): Message | Malformed {
  const size = datagram.length
  if (size < 4) return silent('shorter than the header of 4 bytes')
  const first = datagram[0] ?? 0
  if (first >> 6 !== 1) return silent(`version ${first >> 6}, not 1`)
  const type = (first >> 4) & 3
  const code = datagram[1] ?? 0
  const id = ((datagram[2] ?? 0) << 8) | (datagram[3] ?? 0)
  const tokenLength = first & 0x0f

  const codeProblem = checkCode(type, code)
  if (codeProblem !== undefined) return refused(codeProblem, type, id)
  if (code === Code.Empty) {
    if (size > 4 || tokenLength > 0) return refused('an empty message with more than a header', type, id)
    return { type, code, id, token: noBytes, options: noOptions, payload: noBytes }
  }
  if (tokenLength > 8) return refused(`token length ${tokenLength} is reserved`, type, id)
  let at = 4 + tokenLength
  if (at > size) return refused('ends within the token', type, id)
  const token = tokenLength === 0 ? noBytes : datagram.subarray(4, at)

  const options: CoapOption[] = []
  let number = 0
  while (at < size) {
    const head = datagram[at++] ?? 0
    if (head === payloadMarker) {
      if (at === size) return refused('a payload marker without a payload', type, id)
      return { type, code, id, token, options, payload: datagram.subarray(at) }
    }
    let delta = head >> 4
    let length = head & 0x0f
    if (delta === 15 || length === 15) return refused('option delta or length 15 is reserved', type, id)
    const extended = extensionBytes(delta) + extensionBytes(length)
    if (at + extended > size) return refused('ends within an option header', type, id)
    if (delta === 13) delta = 13 + (datagram[at++] ?? 0)
    else if (delta === 14) {
      delta = 269 + (((datagram[at] ?? 0) << 8) | (datagram[at + 1] ?? 0))
      at += 2
    }
    if (length === 13) length = 13 + (datagram[at++] ?? 0)
    else if (length === 14) {
      length = 269 + (((datagram[at] ?? 0) << 8) | (datagram[at + 1] ?? 0))
      at += 2
    }
    number += delta
    if (number > 65535) return refused(`option number ${number} is above 65535`, type, id)
    const end = at + length
    if (end > size) return refused(`ends within the value of option ${number}`, type, id)
    options.push({ number, value: length === 0 ? noBytes : datagram.subarray(at, end) })
    at = end
  }
  return { type, code, id, token, options, payload: noBytes }
}

/** RFC 7252 §4.2, §4.3 and table 1: which codes a type may carry. */
function checkCode(type: number, code: number): string | undefined {
  if (code === Code.Empty) {
    return type === MessageType.NonConfirmable ? 'a non-confirmable message that is empty' : undefined
  }
  if (isRequestCode(code)) {
    if (type === MessageType.Acknowledgement) return 'an acknowledgement that carries a request'
    return type === MessageType.Reset ? 'a reset that is not empty' : undefined
  }
  if (!isResponseCode(code)) return `code class ${code >> 5} is reserved`
  return type === MessageType.Reset ? 'a reset that is not empty' : undefined
}

function extensionBytes(nibble: number): number {
  return nibble < 13 ? 0 : nibble - 12
}

function silent(malformed: string): Malformed {
  return { malformed, resetId: undefined }
}

function refused(malformed: string, type: number, id: number): Malformed {
  return { malformed, resetId: type === MessageType.Confirmable ? id : undefined }
}
