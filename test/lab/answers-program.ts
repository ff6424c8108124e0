// Asks each of the CoAP URIs in argv again and again; each answer is a line of JSON with its time on the machine's monotonic clock.
import process from 'node:process'
import { CoapClient } from '../../src/coap/client.ts'
import { transmissionParameters } from '../../src/coap/transmission.ts'
import { ask } from '../../src/coap/wait-for-answer.ts'

const everyMs = 25
const answerLimitMs = 1000
const { signal } = new AbortController()
const client = new CoapClient({
  parameters: transmissionParameters({ nstart: 256, maxRetransmit: 0, ackTimeoutMs: answerLimitMs }),
})
setInterval(() => {
  for (const uri of process.argv.slice(2)) {
    ask(client, uri, signal, answerLimitMs).then(
      () => console.log(JSON.stringify({ uri, atMs: Number(process.hrtime.bigint()) / 1e6 })),
      () => {},
    )
  }
}, everyMs)
