import { afterEach, expect, it } from 'vitest'
import {
  countGets,
  measureRequests,
  type RequestPlan,
  type RequestRecord,
} from '../../../../evaluation/sensing/measure.ts'
import { CoapClient } from '../../../../src/coap/client.ts'
import { Code } from '../../../../src/coap/codes.ts'
import { type Handler, Router } from '../../../../src/coap/router.ts'
import { CoapServer } from '../../../../src/coap/server.ts'
import { rfc7252Parameters } from '../../../../src/coap/transmission.ts'

let server: CoapServer
let client: CoapClient
afterEach(async () => {
  await client?.stop()
  await server?.stop()
})

/** A light that answers as `get` does; what was put to it is kept. */
async function measure(get: Handler, over: Partial<RequestPlan> = {}) {
  const puts: string[] = []
  const router = new Router()
  router.add('/light', {
    get,
    put: (request) => {
      puts.push(request.text())
      return { code: Code.Changed }
    },
  })
  server = new CoapServer({ router })
  const { port } = await server.start({ port: 0, address: '127.0.0.1' })
  client = new CoapClient({ parameters: { ...rfc7252Parameters, nstart: 1000 } })
  const records: RequestRecord[] = []
  const plan: RequestPlan = {
    capability: 'light',
    endpoint: `coap://127.0.0.1:${port}`,
    forMs: 500,
    everyMs: 100,
    deadlineMs: 400,
    ...over,
  }
  await measureRequests(plan, client, (record) => records.push(record), new AbortController().signal)
  return { puts, records }
}

it('puts on, asks at its times, puts off, and keeps what was answered', async () => {
  let count = 0
  const { puts, records } = await measure(() => ({ code: Code.Content, payload: `[${++count}]` }))
  expect(puts).toEqual(['on', 'off'])
  expect(records.map(({ method, body, code }) => [method, body, code])).toEqual([
    ['PUT', 'on', '2.04'],
    ...new Array(5).fill(['GET', undefined, '2.05']),
    ['PUT', 'off', '2.04'],
  ])
  expect(records.slice(1, -1).map(({ payload }) => payload)).toEqual(['[1]', '[2]', '[3]', '[4]', '[5]'])
  expect(records.every(({ tookMs }) => tookMs > 0)).toBe(true)
})

it('sends a GET when it is due although the one before waits, and tells both', async () => {
  let count = 0
  const { records } = await measure(async () => {
    if (++count === 1) await new Promise((resolve) => setTimeout(resolve, 1000).unref())
    return { code: Code.Content, payload: '[]' }
  })
  const gets = records.filter(({ method }) => method === 'GET')
  expect(gets.filter(({ code }) => code === '2.05')).toHaveLength(4)
  expect(gets.filter(({ failure }) => failure !== undefined)).toHaveLength(1)
  const times = gets.map(({ sentAtMs }) => sentAtMs).toSorted((a, b) => a - b)
  // The first waits 400 ms for its answer.
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeLessThan(400)
})

it('keeps refusals with their code and reason', async () => {
  const refuse: Handler = () => ({ code: Code.ServiceUnavailable, payload: 'gone: light' })
  const { records } = await measure(refuse, { forMs: 100 })
  expect(records[1]).toMatchObject({ method: 'GET', code: '5.03', payload: 'gone: light' })
  expect(records).toHaveLength(3)
})

it('asks 24 times in the paper’s 120 s', () => {
  expect(countGets({ forMs: 120_000, everyMs: 5000 })).toBe(24)
  expect(countGets({ forMs: 6000, everyMs: 4000 })).toBe(2)
})
