// The value of a Block1 or Block2 option (RFC 7959 §2.2).
import { decodeUint, findOption, uintOption } from '../codec/option-value.ts'
import type { CoapOption } from '../options.ts'

export type BlockSize = 16 | 32 | 64 | 128 | 256 | 512 | 1024

export interface Block {
  /** The block's number: its offset in units of its size. */
  readonly number: number
  /** Whether blocks follow. */
  readonly more: boolean
  /** In bytes. */
  readonly size: BlockSize
}

/** RFC 7959 §2.2: 20 bits. */
export const maxBlockNumber = 0xfffff

const sizes: readonly BlockSize[] = [16, 32, 64, 128, 256, 512, 1024]

export const largestBlock: BlockSize = 1024

/** Undefined where the message has no such option; `reserved` for the size exponent 7, which only reliable transports use (RFC 8323 §6). */
export function findBlock(options: readonly CoapOption[], number: number): Block | 'reserved' | undefined {
  const option = findOption(options, number)
  if (option === undefined) return undefined
  const value = decodeUint(option.value)
  const size = sizes[value & 7]
  if (size === undefined) return 'reserved'
  return { number: value >>> 4, more: (value & 8) !== 0, size }
}

export function blockOption(number: number, block: Block): CoapOption {
  const exponent = sizes.indexOf(block.size)
  return uintOption(number, block.number * 16 + (block.more ? 8 : 0) + exponent)
}

export function smallerOf(a: BlockSize, b: BlockSize): BlockSize {
  return a < b ? a : b
}

export function isBlockSize(size: number): size is BlockSize {
  return sizes.some((each) => each === size)
}
