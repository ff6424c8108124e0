// Runs in the client host: reads a plan as JSON from stdin, writes one request a line to stdout.
import { text } from 'node:stream/consumers'
import { CoapClient } from '../../src/coap/client.ts'
import { rfc7252Parameters } from '../../src/coap/transmission.ts'
import { measureRequests, type RequestPlan } from '../sensing/measure.ts'

/** A request that waits for an answer must not keep the next one back. */
const nstart = 1000

const plan = JSON.parse(await text(process.stdin)) as RequestPlan
const stopping = new AbortController()
process.once('SIGTERM', () => stopping.abort(new Error('stopped')))
const client = new CoapClient({ parameters: { ...rfc7252Parameters, nstart } })
try {
  await measureRequests(
    plan,
    client,
    (record) => process.stdout.write(`${JSON.stringify(record)}\n`),
    stopping.signal,
  )
} finally {
  await client.stop()
}
