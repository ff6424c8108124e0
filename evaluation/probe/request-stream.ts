// Runs in the client host: reads a plan as JSON from stdin, writes one record a line to stdout.
import { text } from 'node:stream/consumers'
import { CoapClient } from '../../src/coap/client.ts'
import { transmissionParameters } from '../../src/coap/transmission.ts'
import { type RequestStreamPlan, streamRequests } from '../request-stream.ts'

/** Requests on a schedule wait for no other: as many may be under way as a minute's deadline lets come together. */
const nstart = 10_000

const plan = JSON.parse(await text(process.stdin)) as RequestStreamPlan
const stopping = new AbortController()
process.once('SIGTERM', () => stopping.abort(new Error('stopped')))
const client = new CoapClient({ parameters: transmissionParameters({ nstart }) })
try {
  await streamRequests(
    plan,
    client,
    (record) => process.stdout.write(`${JSON.stringify(record)}\n`),
    stopping.signal,
  )
} finally {
  await client.stop()
}
