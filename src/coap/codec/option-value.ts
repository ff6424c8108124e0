// The value formats of options (RFC 7252 §3.2), and finding one among a message's options.
import type { CoapOption } from '../options.ts'
import { noBytes } from './message.ts'

/** An option whose value is a number in as few bytes as it takes; zero takes none. At most 32 bits. */
export function uintOption(number: number, value: number): CoapOption {
  return { number, value: encodeUint(value) }
}

export function textOption(number: number, text: string): CoapOption {
  return { number, value: text === '' ? noBytes : Buffer.from(text) }
}

export function encodeUint(value: number): Uint8Array {
  if (value === 0) return noBytes
  const length = value < 0x100 ? 1 : value < 0x10000 ? 2 : value < 0x1000000 ? 3 : 4
  const bytes = new Uint8Array(length)
  for (let i = length - 1, rest = value; i >= 0; i--, rest = Math.floor(rest / 256)) bytes[i] = rest & 0xff
  return bytes
}

/** Leading zeros are allowed to a receiver (§3.2). */
export function decodeUint(bytes: Uint8Array): number {
  let value = 0
  for (let i = 0; i < bytes.length; i++) value = value * 256 + (bytes[i] ?? 0)
  return value
}

export function decodeText(bytes: Uint8Array): string {
  if (bytes.length === 0) return ''
  const buffer = bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  return buffer.toString('utf8')
}

export function findOption(options: readonly CoapOption[], number: number): CoapOption | undefined {
  for (let i = 0; i < options.length; i++) {
    const option = options[i]
    if (option !== undefined && option.number === number) return option
  }
  return undefined
}

export function findUint(options: readonly CoapOption[], number: number): number | undefined {
  const option = findOption(options, number)
  return option === undefined ? undefined : decodeUint(option.value)
}

export function findTexts(options: readonly CoapOption[], number: number): readonly string[] {
  const texts: string[] = []
  for (let i = 0; i < options.length; i++) {
    const option = options[i]
    if (option !== undefined && option.number === number) texts.push(decodeText(option.value))
  }
  return texts
}
