// The words of `shoal coap`: how content formats and waits are typed, and how answers and failures are told.
import { InvalidArgumentError, Option } from 'commander'
import type { CoapResponse } from '../coap/client.ts'
import type { CoapError } from '../coap/coap-error.ts'
import { formatCode } from '../coap/codes.ts'
import { ContentFormat } from '../coap/content-format.ts'
import { ShoalError } from '../model/errors.ts'
import type { Io } from './io.ts'

/** Names people type for content formats (RFC 7252 §12.3); any number is taken as well. */
const formatNames: Readonly<Record<string, number>> = {
  text: ContentFormat.TextPlain,
  link: ContentFormat.LinkFormat,
  octets: ContentFormat.OctetStream,
  json: ContentFormat.Json,
  cbor: ContentFormat.Cbor,
  'senml-json': ContentFormat.SenmlJson,
  'senml-cbor': ContentFormat.SenmlCbor,
}

export function formatOption(): Option {
  const known = Object.keys(formatNames).join(', ')
  return new Option('-f, --format <format>', `content format of the payload: ${known} or a number`).argParser(
    parseFormat,
  )
}

export function acceptOption(): Option {
  return new Option('-a, --accept <format>', 'content format wanted in the answer').argParser(parseFormat)
}

export function deadlineOption(what: string): Option {
  return new Option('-d, --deadline <seconds>', what).argParser(parseSeconds).default(30)
}

/** Of an answer as JSON: `{"code":"2.05","contentFormat":0,"elapsedMs":1.234,"payload":"MjE="}`, the payload in base64. */
export function renderAnswer({ code, contentFormat, payload }: CoapResponse, elapsedMs: number): string {
  return JSON.stringify({
    code: formatCode(code),
    contentFormat,
    elapsedMs: Number(elapsedMs.toFixed(3)),
    payload: Buffer.from(payload).toString('base64'),
  })
}

/** No answer, or none that can be used. */
export function noAnswer(io: Io, action: string, uri: string, label: string, error: CoapError): ShoalError {
  return new ShoalError(io.signal.aborted ? 'INTERRUPTED' : 'COAP_FAILED', {
    action,
    object: uri,
    reason: withoutLabel(error.message, label),
    cause: error,
  })
}

/** The client names the request in its messages; whoever names it too leaves that out. */
export function withoutLabel(message: string, label: string): string {
  return message.startsWith(`${label}: `) ? message.slice(label.length + 2) : message
}

/** An answer that says no. */
export function refusedBy(action: string, uri: string, response: CoapResponse): ShoalError {
  const diagnostic = response.text()
  return new ShoalError('COAP_REFUSED', {
    action,
    object: uri,
    reason: `the server answered ${formatCode(response.code)}${diagnostic === '' ? '' : `, ${diagnostic}`}`,
  })
}

function parseFormat(text: string): number {
  const format = formatNames[text] ?? (/^\d{1,5}$/.test(text) ? Number(text) : Number.NaN)
  if (Number.isInteger(format) && format <= 0xffff) return format
  throw new InvalidArgumentError(`Known: ${Object.keys(formatNames).join(', ')}, or a number up to 65535.`)
}

function parseSeconds(text: string): number {
  const seconds = Number(text)
  if (Number.isFinite(seconds) && seconds > 0 && seconds <= 3600) return seconds
  throw new InvalidArgumentError('It is a number of seconds, above 0 and up to 3600.')
}
