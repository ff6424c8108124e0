// One request with its body and the body of its answer, in as many blocks as they take.
import { type BlockSize, blockOption, findBlock, largestBlock } from '../blockwise/block.ts'
import { download } from '../blockwise/download.ts'
import { upload } from '../blockwise/upload.ts'
import { type Message, noBytes, noOptions } from '../codec/message.ts'
import { Code } from '../codes.ts'
import type { Peer } from '../messaging/peers.ts'
import { type CoapOption, OptionNumber } from '../options.ts'
import type { Exchanges } from './exchanges.ts'
import type { Operation } from './operation.ts'

export interface Transfer {
  readonly method: number
  /** Without those of blocks. */
  readonly options: readonly CoapOption[]
  readonly payload: Uint8Array
  readonly isConfirmable: boolean
  readonly blockSize: BlockSize
  readonly maxBodyBytes: number
  /** Tells this body's blocks from those of another for the same resource (RFC 9175 §3). */
  readonly requestTag: CoapOption | undefined
}

/** The response with its whole body. Rejects with `CoapError`. */
export async function transfer(
  exchanges: Exchanges,
  peer: Peer,
  operation: Operation,
  request: Transfer,
): Promise<Message> {
  const { method, options, payload, isConfirmable, blockSize, maxBodyBytes, requestTag } = request
  const tail = requestTag === undefined ? noOptions : [requestTag]
  const send = (blockOptions: readonly CoapOption[], body: Uint8Array): Promise<Message> =>
    exchanges.request(
      peer,
      { code: method, options: join(options, blockOptions, tail), payload: body, isConfirmable },
      operation,
    )

  const wantsSmaller = blockSize < largestBlock
  const wanted = wantsSmaller
    ? [blockOption(OptionNumber.Block2, { number: 0, more: false, size: blockSize })]
    : noOptions
  const begin = () =>
    payload.length > blockSize
      ? upload({ send, payload, blockSize, lastOptions: wanted })
      : send(wanted, payload)

  const first = await begin()
  if (findBlock(first.options, OptionNumber.Block2) === undefined && first.payload.length <= maxBodyBytes) {
    return first
  }
  const isSafe = method === Code.Get || method === Code.Fetch
  // A FETCH is what its payload says: each block is asked for with it, where it fits in one datagram.
  const askedWith = method === Code.Fetch && payload.length <= blockSize ? payload : noBytes
  return await download({
    first,
    ask: (option) => send([option], askedWith),
    again: isSafe ? begin : undefined,
    maxBodyBytes,
  })
}

function join(
  options: readonly CoapOption[],
  blockOptions: readonly CoapOption[],
  tail: readonly CoapOption[],
): readonly CoapOption[] {
  return blockOptions.length === 0 && tail.length === 0 ? options : [...options, ...blockOptions, ...tail]
}
