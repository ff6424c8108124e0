// Asks the CoAP URI in argv without end, one question after the other; each is a line of JSON: the code of its answer, or null, and how long it took.
import process from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import { CoapClient } from '../../src/coap/client.ts'

const [uri = ''] = process.argv.slice(2)
const client = new CoapClient()
for (;;) {
  const startedAtMs = performance.now()
  const code = await client.request(uri, { deadlineMs: 5000 }).then(
    (response) => response.code,
    () => null,
  )
  console.log(JSON.stringify({ code, ms: performance.now() - startedAtMs }))
  await delay(20)
}
