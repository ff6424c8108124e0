// Runs in a host: asks a URI again and again, and tells of each request how long it took, by the lab's shared clock.
import { text } from 'node:stream/consumers'
import { CoapClient } from '../../src/coap/client.ts'
import { Code, isSuccess } from '../../src/coap/codes.ts'
import { ContentFormat } from '../../src/coap/content-format.ts'

const { uri, seconds, everyMs } = JSON.parse(await text(process.stdin)) as {
  uri: string
  seconds: number
  everyMs: number
}
const client = new CoapClient()
const endsAt = performance.now() + seconds * 1000
while (performance.now() < endsAt) {
  const startedAt = performance.now()
  const answer = await client
    .request(uri, {
      method: Code.Put,
      payload: '[1,2,6]',
      contentFormat: ContentFormat.Json,
      deadlineMs: 20_000,
    })
    .catch(() => undefined)
  const ms = performance.now() - startedAt
  const isRight = answer !== undefined && isSuccess(answer.code) && answer.text() === '3'
  process.stdout.write(`${JSON.stringify({ ms, isRight })}\n`)
  await new Promise((resolve) => setTimeout(resolve, everyMs))
}
await client.stop()
