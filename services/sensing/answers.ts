// How a measurement, or what kept it away, is answered over CoAP.
import { Code } from '../../src/coap/codes.ts'
import { ContentFormat } from '../../src/coap/content-format.ts'
import type { CoapReply } from '../../src/coap/router.ts'
import { BadCommand } from './command.ts'
import { BadQuery } from './conditions.ts'
import { DeviceError } from './device-error.ts'
import { NotOn } from './not-on.ts'
import { type Measurement, renderSenml, senmlRecords } from './senml.ts'

/** When a client that was told to come back may do so (RFC 7252 §5.9.3.4). */
const retryAfterSeconds = 5

/** What was measured carries its own time and is old at once: nobody may answer with it for us. */
const freshSeconds = 0

export function answerTo(id: string, measurement: Measurement, accept: number | undefined): CoapReply {
  const contentFormat = accept ?? ContentFormat.SenmlJson
  const payload = renderSenml(senmlRecords(id, measurement), contentFormat)
  return { code: Code.Content, contentFormat, payload, maxAge: freshSeconds }
}

/** Rethrows what is no refusal. */
export function answerToFailure(error: unknown): CoapReply {
  if (error instanceof BadCommand || error instanceof BadQuery) {
    return { code: Code.BadRequest, payload: error.message }
  }
  if (error instanceof NotOn) return { code: Code.Conflict, payload: error.message }
  if (!(error instanceof DeviceError)) throw error
  const payload = `${error.trouble}: ${error.message}`
  if (error.trouble === 'unsupported') return { code: Code.NotImplemented, payload }
  const code = error.trouble === 'timeout' ? Code.GatewayTimeout : Code.ServiceUnavailable
  return { code, payload, maxAge: retryAfterSeconds }
}
