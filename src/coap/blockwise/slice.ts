// One block of an answer (RFC 7959 §2.4).
import { createHash } from 'node:crypto'
import { noOptions } from '../codec/message.ts'
import { findOption, uintOption } from '../codec/option-value.ts'
import { Code } from '../codes.ts'
import type { Response } from '../messaging/inbound-request.ts'
import { OptionNumber } from '../options.ts'
import { type Block, type BlockSize, blockOption, smallerOf } from './block.ts'

/** The block of the answer that was asked for, in blocks no larger than `blockSize`; without a wish the first. */
export function sliceResponse(response: Response, wanted: Block | undefined, blockSize: BlockSize): Response {
  const { code, options, payload } = response
  const size = wanted === undefined ? blockSize : smallerOf(wanted.size, blockSize)
  const offset = wanted === undefined ? 0 : wanted.number * wanted.size
  if (offset > 0 && offset >= payload.length) {
    const reason = `byte ${offset} is past the end of ${payload.length}`
    return { code: Code.BadRequest, options: noOptions, payload: Buffer.from(reason) }
  }
  const end = Math.min(offset + size, payload.length)
  const block = { number: offset / size, more: end < payload.length, size }
  const blockOptions = [...options, blockOption(OptionNumber.Block2, block)]
  if (offset === 0 && block.more) blockOptions.push(uintOption(OptionNumber.Size2, payload.length))
  return { code, options: blockOptions, payload: payload.subarray(offset, end) }
}

/** The same answer with an ETag, where it has none: it tells the client whether all blocks are of one body (§2.4). */
export function withEtag(response: Response): Response {
  if (findOption(response.options, OptionNumber.ETag) !== undefined) return response
  const value = createHash('sha1').update(response.payload).digest().subarray(0, 8)
  return { ...response, options: [{ number: OptionNumber.ETag, value }, ...response.options] }
}
