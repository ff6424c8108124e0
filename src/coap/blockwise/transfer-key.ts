// What makes two blocks parts of one body (RFC 7959 §2.5, RFC 9175 §3.4).
import type { Message } from '../codec/message.ts'
import { Code } from '../codes.ts'
import { isNoCacheKey, OptionNumber } from '../options.ts'
import type { Remote } from '../transport/remote.ts'

/** They differ from block to block, or from asking to asking (RFC 7641 §2 keeps Observe out of the cache key). */
const excluded: ReadonlySet<number> = new Set([
  OptionNumber.Block1,
  OptionNumber.Block2,
  OptionNumber.Observe,
])

/**
 * Endpoint, method, and every option of the cache key, Request-Tag among them. Not the token: clients may, and libcoap's does, take a
 * new one for each block. The payload of a FETCH belongs to it, where it is no block (RFC 8132 §2.1).
 */
export function transferKey({ code, options, payload }: Message, remote: Remote): string {
  let key = `${remote.address} ${remote.port} ${code}`
  let isBlock = false
  for (const { number, value } of options) {
    if (number === OptionNumber.Block1) isBlock = true
    if (excluded.has(number) || isNoCacheKey(number)) continue
    key += ` ${number}:${latin1(value)}`
  }
  return code === Code.Fetch && !isBlock ? `${key} ${latin1(payload)}` : key
}

function latin1(bytes: Uint8Array): string {
  const buffer = bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  return buffer.toString('latin1')
}
