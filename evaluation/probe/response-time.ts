// Runs in the client host: reads a plan as JSON from stdin, writes one sample a line to stdout.
import { text } from 'node:stream/consumers'
import { CoapClient } from '../../src/coap/client.ts'
import { measureResponseTimes, type ResponseTimePlan } from '../response-time.ts'

const plan = JSON.parse(await text(process.stdin)) as ResponseTimePlan
const stopping = new AbortController()
process.once('SIGTERM', () => stopping.abort(new Error('stopped')))
const client = new CoapClient()
try {
  for await (const sample of measureResponseTimes(plan, client, stopping.signal)) {
    process.stdout.write(`${JSON.stringify(sample)}\n`)
  }
} finally {
  await client.stop()
}
