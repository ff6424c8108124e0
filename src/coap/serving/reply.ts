// From what a handler returns to what goes out.
import { CoapError } from '../coap-error.ts'
import { noBytes } from '../codec/message.ts'
import { uintOption } from '../codec/option-value.ts'
import { describeCode, isResponseCode } from '../codes.ts'
import type { Response } from '../messaging/inbound-request.ts'
import { type CoapOption, OptionNumber } from '../options.ts'
import type { CoapReply } from '../router.ts'

/** Options in the order of their numbers, the handler's own last. Throws `CoapError` (`bad-request`) for what is no response. */
export function toResponse({ code, payload, contentFormat, maxAge, etag, options }: CoapReply): Response {
  if (!isResponseCode(code)) throw new CoapError('bad-request', `${describeCode(code)} is no response code`)
  const all: CoapOption[] = []
  if (etag !== undefined) all.push({ number: OptionNumber.ETag, value: etag })
  if (contentFormat !== undefined) all.push(uintOption(OptionNumber.ContentFormat, contentFormat))
  if (maxAge !== undefined) all.push(uintOption(OptionNumber.MaxAge, maxAge))
  if (options !== undefined) all.push(...options)
  return { code, options: all, payload: toBytes(payload) }
}

/** A diagnostic payload (RFC 7252 §5.5.2): text for people, without a content-format. */
export function toDiagnostic(code: number, text: string, options: readonly CoapOption[] = []): Response {
  return { code, options, payload: Buffer.from(text) }
}

function toBytes(payload: Uint8Array | string | undefined): Uint8Array {
  if (payload === undefined || payload === '') return noBytes
  return typeof payload === 'string' ? Buffer.from(payload) : payload
}
