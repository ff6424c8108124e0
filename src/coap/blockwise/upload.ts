// A request body sent block by block (RFC 7959 §2.3, §2.5, §3.1).
import { CoapError } from '../coap-error.ts'
import type { Message } from '../codec/message.ts'
import { uintOption } from '../codec/option-value.ts'
import { Code, isSuccess } from '../codes.ts'
import { type CoapOption, OptionNumber } from '../options.ts'
import { type Block, type BlockSize, blockOption, findBlock, maxBlockNumber } from './block.ts'

/** Sends a request with these block options and this payload, beside what all blocks of the transfer share. */
export type SendBlock = (blockOptions: readonly CoapOption[], payload: Uint8Array) => Promise<Message>

export interface Upload {
  readonly send: SendBlock
  readonly payload: Uint8Array
  readonly blockSize: BlockSize
  /** Goes with the last block: what the client wants of the answer's blocks. */
  readonly lastOptions: readonly CoapOption[]
}

/** The answer to the last block, or an earlier one that ends the transfer. A server that lost the thread (4.08) is told everything once more. */
export async function upload(transfer: Upload): Promise<Message> {
  const answer = await uploadOnce(transfer)
  // 4.08 means that no handler has seen the body, so that beginning anew is safe.
  return answer.code === Code.RequestEntityIncomplete ? await uploadOnce(transfer) : answer
}

async function uploadOnce({ send, payload, blockSize, lastOptions }: Upload): Promise<Message> {
  let size = blockSize
  let offset = 0
  for (;;) {
    const end = Math.min(offset + size, payload.length)
    const block: Block = { number: offset / size, more: end < payload.length, size }
    if (block.number > maxBlockNumber) {
      throw new CoapError('bad-request', `${payload.length} bytes do not fit in blocks of ${size} bytes`)
    }
    const answer = await send(blockOptions(block, payload, lastOptions), payload.subarray(offset, end))
    const echoed = findBlock(answer.options, OptionNumber.Block1)
    if (echoed === 'reserved') throw new CoapError('bad-response', 'the answer has a reserved Block1 size')
    if (
      offset === 0 &&
      answer.code === Code.RequestEntityTooLarge &&
      echoed !== undefined &&
      echoed.size < size
    ) {
      size = echoed.size // §2.9.3: not the body but the block was too large
      continue
    }
    if (!goesOn(answer, block, echoed)) return answer
    offset = end
    // §2.5: from here on the server wants smaller blocks; a larger one than ours it may not ask for.
    if (echoed !== undefined && echoed.size < size) size = echoed.size
  }
}

function blockOptions(block: Block, payload: Uint8Array, lastOptions: readonly CoapOption[]): CoapOption[] {
  const options = [blockOption(OptionNumber.Block1, block)]
  if (block.number === 0) options.push(uintOption(OptionNumber.Size1, payload.length))
  if (!block.more) options.push(...lastOptions)
  return options
}

/** Whether the server waits for the next block: 2.31, or success for this block alone (§2.3, a server that keeps no state). */
function goesOn(answer: Message, block: Block, echoed: Block | undefined): boolean {
  if (answer.code === Code.Continue) {
    if (!block.more) throw new CoapError('bad-response', 'the server asks for more after the last block')
    if (echoed !== undefined && echoed.number !== block.number) {
      throw new CoapError('bad-response', `block ${block.number} was answered as block ${echoed.number}`)
    }
    return true
  }
  return block.more && isSuccess(answer.code) && echoed !== undefined && echoed.number === block.number
}
