// A failure as a CoAP answer: the code that a simple client acts on, and the reason as a diagnostic payload (RFC 7252 §5.5.2).
import { Code } from '../../../coap/codes.ts'
import type { CoapReply } from '../../../coap/router.ts'
import { type ErrorCode, ShoalError } from '../../../model/errors.ts'

/** Diagnostics are for one datagram (RFC 7252 §4.6). */
const maxDiagnosticBytes = 1000

/** Seconds after which asking again makes sense (RFC 7252 §5.9.3.4). */
const retryAfterS = 30

const codes: Partial<Record<ErrorCode, number>> = {
  SERVICE_UNKNOWN: Code.NotFound,
  CATALOGUE_UNKNOWN: Code.NotFound,
  UNPLACEABLE: Code.ServiceUnavailable,
  IMAGE_UNKNOWN: Code.ServiceUnavailable,
  REGISTRY_DOWN: Code.ServiceUnavailable,
  ENGINE_ABSENT: Code.ServiceUnavailable,
  ENGINE_TIMEOUT: Code.ServiceUnavailable,
  ACTIVATION_TIMEOUT: Code.GatewayTimeout,
}

/** @throws what is no ShoalError: the server answers 5.00 and tells its log */
export function replyOfError(error: unknown): CoapReply {
  if (!(error instanceof ShoalError)) throw error
  const code = codes[error.code] ?? Code.InternalServerError
  const text = `${error.code}: ${error.action} ${error.object}: ${error.reason}`
  return {
    code,
    payload: truncate(text),
    ...(code === Code.ServiceUnavailable ? { maxAge: retryAfterS } : {}),
  }
}

/** At most so many bytes of UTF-8, cut between characters. */
function truncate(text: string): string {
  const bytes = Buffer.from(text)
  if (bytes.length <= maxDiagnosticBytes) return text
  return `${bytes
    .subarray(0, maxDiagnosticBytes - 3)
    .toString('utf8')
    .replace(/\uFFFD+$/, '')}…`
}
