// Runs in the client: asks the URIs by turns until one answers 2.xx, and tells the time by the system's monotonic clock, which hosts of a lab share.
import { text } from 'node:stream/consumers'
import { CoapClient } from '../../src/coap/client.ts'
import { isSuccess } from '../../src/coap/codes.ts'
import { transmissionParameters } from '../../src/coap/transmission.ts'

const { uri, limitMs } = JSON.parse(await text(process.stdin)) as { uri: string; limitMs: number }
const client = new CoapClient({ parameters: transmissionParameters({ nstart: 64 }) })
const endsAt = performance.now() + limitMs
process.stdout.write(`${JSON.stringify({ ready: true })}\n`)
for (;;) {
  const answer = await client.request(uri, { deadlineMs: 1000, confirmable: false }).catch(() => undefined)
  if (answer !== undefined && isSuccess(answer.code)) {
    process.stdout.write(`${JSON.stringify({ atNs: String(process.hrtime.bigint()) })}\n`)
    break
  }
  if (performance.now() > endsAt) throw new Error('no answer')
  await new Promise((resolve) => setTimeout(resolve, 10))
}
await client.stop()
