// A response body fetched block by block (RFC 7959 §2.4).
import { CoapError } from '../coap-error.ts'
import type { Message } from '../codec/message.ts'
import { findOption, findUint } from '../codec/option-value.ts'
import { isSuccess } from '../codes.ts'
import { type CoapOption, OptionNumber } from '../options.ts'
import { type Block, blockOption, findBlock } from './block.ts'

export interface Download {
  /** The response to the request itself. */
  readonly first: Message
  /** Asks for a block of the same response. */
  readonly ask: (blockOption: CoapOption) => Promise<Message>
  /** Makes the whole request again, where that is safe. */
  readonly again: (() => Promise<Message>) | undefined
  readonly maxBodyBytes: number
}

/** A resource that changes faster than it is read is given up after so many beginnings. */
const maxBeginnings = 3

const blockOptionNumbers: ReadonlySet<number> = new Set([
  OptionNumber.Block1,
  OptionNumber.Block2,
  OptionNumber.Size2,
])

/** The response with its whole body. A body that changes midway (another ETag) is fetched anew where that is safe. */
export async function download({ first, ask, again, maxBodyBytes }: Download): Promise<Message> {
  let beginning = first
  for (let beginnings = 1; ; beginnings++) {
    const result = await downloadOnce(beginning, ask, maxBodyBytes)
    if ('response' in result) return result.response
    if (again === undefined || beginnings === maxBeginnings) {
      if (result.insteadOfBlock !== undefined) return result.insteadOfBlock
      throw new CoapError('bad-response', 'the body changed while it was read')
    }
    beginning = await again()
  }
}

type Result =
  | { readonly response: Message }
  /** It changed midway; or the server answered with an error in place of a block. */
  | { readonly insteadOfBlock: Message | undefined }

async function downloadOnce(first: Message, ask: Download['ask'], maxBodyBytes: number): Promise<Result> {
  const block = blockOf(first)
  const size2 = findUint(first.options, OptionNumber.Size2) ?? 0
  checkSize(Math.max(first.payload.length, block?.more === true ? size2 : 0), maxBodyBytes)
  if (block === undefined || !block.more) {
    if (block !== undefined && block.number !== 0) throw outOfPlace(0, block)
    return { response: first }
  }
  const etag = findOption(first.options, OptionNumber.ETag)?.value
  const parts = [first.payload]
  let received = first.payload.length
  let latest = block
  checkBlock(block, first.payload, 0)
  while (latest.more) {
    const wanted: Block = { number: received / latest.size, more: false, size: latest.size }
    const answer = await ask(blockOption(OptionNumber.Block2, wanted))
    if (answer.code !== first.code) {
      if (isSuccess(answer.code))
        throw new CoapError('bad-response', 'the blocks of the answer have different codes')
      return { insteadOfBlock: answer }
    }
    if (hasOtherEtag(answer, etag)) return { insteadOfBlock: undefined }
    const next = blockOf(answer)
    if (next === undefined)
      throw new CoapError('bad-response', `block ${wanted.number} came without its number`)
    checkBlock(next, answer.payload, received)
    parts.push(answer.payload)
    received += answer.payload.length
    checkSize(received, maxBodyBytes)
    latest = next
  }
  const options = first.options.filter(({ number }) => !blockOptionNumbers.has(number))
  return { response: { ...first, options, payload: Buffer.concat(parts, received) } }
}

function blockOf(message: Message): Block | undefined {
  const block = findBlock(message.options, OptionNumber.Block2)
  if (block === 'reserved') throw new CoapError('bad-response', 'the answer has a reserved Block2 size')
  return block
}

/** A block must continue where the last one ended; the server may go over to smaller ones (§2.4). */
function checkBlock(block: Block, payload: Uint8Array, offset: number): void {
  if (block.number * block.size !== offset) throw outOfPlace(offset, block)
  if (block.more ? payload.length !== block.size : payload.length > block.size) {
    throw new CoapError(
      'bad-response',
      `block ${block.number} has ${payload.length} bytes, not ${block.size}`,
    )
  }
}

function outOfPlace(offset: number, block: Block): CoapError {
  const at = block.number * block.size
  return new CoapError('bad-response', `asked for the block at byte ${offset}, got the one at byte ${at}`)
}

function checkSize(bytes: number, maxBodyBytes: number): void {
  if (bytes > maxBodyBytes) {
    throw new CoapError(
      'too-large',
      `the answer has ${bytes} bytes or more, above the limit of ${maxBodyBytes}`,
    )
  }
}

function hasOtherEtag(answer: Message, etag: Uint8Array | undefined): boolean {
  const other = findOption(answer.options, OptionNumber.ETag)?.value
  return etag !== undefined && other !== undefined && Buffer.compare(etag, other) !== 0
}
