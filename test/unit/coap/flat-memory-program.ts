// A child of the test of flat memory, run with --expose-gc: a server and a client, 100,000 requests, and what they hold on the way.
import process from 'node:process'
import { CoapClient } from '../../../src/coap/client.ts'
import { Code } from '../../../src/coap/codes.ts'
import { Router } from '../../../src/coap/router.ts'
import { CoapServer } from '../../../src/coap/server.ts'
import { transmissionParameters } from '../../../src/coap/transmission.ts'

export interface MemorySample {
  readonly requests: number
  /** After a full collection: the heap and the buffers outside of it. */
  readonly liveBytes: number
  readonly deduplicationBytes: number
  readonly deduplicationLimitBytes: number
  /** Of all other tables. */
  readonly otherEntries: number
  readonly openHandles: number
}

const requestsAStep = 12_500
const steps = 8
const lanes = 32

async function run(): Promise<readonly MemorySample[]> {
  const router = new Router().add('/small', {
    get: ({ query }) => ({ code: Code.Content, payload: query[0] ?? '' }),
  })
  const server = new CoapServer({ router })
  const { port } = await server.start({ port: 0, address: '127.0.0.1' })
  const client = new CoapClient({ parameters: transmissionParameters({ nstart: lanes }) })
  let asked = 0
  const runLane = async (end: number) => {
    while (asked < end) {
      const question = String(asked++)
      const answer = await client.request(`coap://127.0.0.1:${port}/small?${question}`)
      if (answer.text() !== question) throw new Error(`asked ${question}, got ${answer.text()}`)
    }
  }
  const samples: MemorySample[] = []
  for (let step = 1; step <= steps; step++) {
    await Promise.all(Array.from({ length: lanes }, () => runLane(step * requestsAStep)))
    samples.push(sample(server, asked))
  }
  await client.stop()
  await server.stop()
  return samples
}

function sample(server: CoapServer, requests: number): MemorySample {
  if (global.gc === undefined || server.use === undefined)
    throw new Error('run with --expose-gc and a server')
  global.gc()
  const { heapUsed, external } = process.memoryUsage()
  const { deduplication, openRequests, reassembly, responses } = server.use
  return {
    requests,
    liveBytes: heapUsed + external,
    deduplicationBytes: deduplication.bytes,
    deduplicationLimitBytes: deduplication.limitBytes,
    otherEntries: openRequests.entries + reassembly.entries + responses.entries,
    openHandles: process.getActiveResourcesInfo().filter((kind) => kind === 'UDPWrap').length,
  }
}

if (process.send !== undefined) {
  const samples = await run()
  process.send(samples)
  process.disconnect()
}
