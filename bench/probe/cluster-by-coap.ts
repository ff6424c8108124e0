// Runs in the client: activates by one CoAP POST and gives back by DELETE, as often as asked. Prints one line of milliseconds each.
import { text } from 'node:stream/consumers'
import { CoapClient } from '../../src/coap/client.ts'
import { Code, formatCode } from '../../src/coap/codes.ts'

const { uri, rounds, restMs } = JSON.parse(await text(process.stdin)) as {
  uri: string
  rounds: number
  /** Between giving back and asking again. */
  restMs: number
}
const client = new CoapClient()
// The client is loaded, and has a socket.
await client.request(uri, { deadlineMs: 5000 })
for (let round = 0; round < rounds; round += 1) {
  const startedAt = performance.now()
  const answer = await client.request(uri, { method: Code.Post, deadlineMs: 60_000 })
  const activationMs = performance.now() - startedAt
  if (answer.code !== Code.Created) throw new Error(`${formatCode(answer.code)} ${answer.text()}`)
  process.stdout.write(`${JSON.stringify({ activationMs })}\n`)
  const gone = await client.request(uri, { method: Code.Delete, deadlineMs: 60_000 })
  if (gone.code !== Code.Deleted) throw new Error(`${formatCode(gone.code)} ${gone.text()}`)
  await new Promise((resolve) => setTimeout(resolve, restMs))
}
await client.stop()
