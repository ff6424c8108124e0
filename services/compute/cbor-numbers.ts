// Numbers as application/cbor (60): one array of integers and floats, RFC 8949.
import { encode, type Token, Tokenizer, Type } from 'cborg'
import { BadNumbers, isSafe, safeRange } from './bad-numbers.ts'

/**
 * Any well-formed array is taken, of definite or indefinite length and in whatever width a device writes its integers
 * (RFC 8949 §4.1 asks no decoder to insist on the shortest).
 * @returns at least one number.
 * @throws BadNumbers with the index and the byte of what is wrong.
 */
export function parseCborNumbers(payload: Uint8Array): Float64Array {
  if (payload.length === 0) throw new BadNumbers('expected an array of numbers, got nothing')
  const tokens = new Tokenizer(payload, { allowBigInt: true })
  const head = next(tokens, 0)
  if (head.type !== Type.array) throw unexpected(head, 0, 0, 'an array of numbers')
  const announced = Number(head.value)
  const remaining = payload.length - tokens.pos()
  if (announced === 0) throw new BadNumbers('there are no numbers')
  if (announced !== Number.POSITIVE_INFINITY && announced > remaining) {
    throw new BadNumbers(`the array announces ${announced} numbers, only ${remaining} bytes follow`)
  }
  const values = new Float64Array(Math.min(announced, remaining))
  let count = 0
  while (count < announced) {
    const byte = tokens.pos()
    const token = next(tokens, count)
    if (token.type === Type.break && announced === Number.POSITIVE_INFINITY) break
    if (token.type !== Type.uint && token.type !== Type.negint && token.type !== Type.float) {
      throw unexpected(token, count, byte, 'a number')
    }
    const value = Number(token.value)
    if (!Number.isFinite(value))
      throw new BadNumbers(`expected a number, got ${value}`, { index: count, byte })
    if (!isSafe(value)) {
      throw new BadNumbers(`${token.value} is too large, ${safeRange}`, { index: count, byte })
    }
    values[count++] = value
  }
  if (!tokens.done()) throw new BadNumbers(`expected nothing after the array, byte ${tokens.pos()}`)
  if (count === 0) throw new BadNumbers('there are no numbers')
  return values.subarray(0, count)
}

/** Integers in their shortest form, other numbers as the shortest float that keeps their value. */
export function renderCborNumbers(values: Float64Array): Uint8Array {
  return encode(Array.from(values))
}

export function renderCborNumber(value: number): Uint8Array {
  return encode(value)
}

function next(tokens: Tokenizer, index: number): Token {
  const byte = tokens.pos()
  if (tokens.done()) throw new BadNumbers('expected a number, got the end', { index, byte })
  try {
    return tokens.next()
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^CBOR decode error: /, '') : String(error)
    throw new BadNumbers(`not well-formed CBOR: ${reason}`, { index, byte })
  }
}

function unexpected(token: Token, index: number, byte: number, wanted: string): BadNumbers {
  return new BadNumbers(`expected ${wanted}, got ${token.type.name}`, { index, byte })
}
