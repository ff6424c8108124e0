import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  countScheduled,
  type RequestStreamPlan,
  type StreamRecord,
  streamRequests,
} from '../../../evaluation/request-stream.ts'
import { CoapClient } from '../../../src/coap/client.ts'
import { Code } from '../../../src/coap/codes.ts'
import { Router } from '../../../src/coap/router.ts'
import { CoapServer } from '../../../src/coap/server.ts'
import { transmissionParameters } from '../../../src/coap/transmission.ts'

/** How many requests are at the server, and the most that were at once. */
let [now, most, all] = [0, 0, 0]
let answerMs = 0
let server: CoapServer
let client: CoapClient
let plan: RequestStreamPlan

async function answer() {
  now += 1
  all += 1
  most = Math.max(most, now)
  await delay(answerMs)
  now -= 1
  return { code: Code.Changed, payload: '"no average"' }
}

beforeEach(async () => {
  ;[now, most, all] = [0, 0, 0]
  server = new CoapServer({ router: new Router().add('/average', { put: answer }) })
  const { port } = await server.start({ address: '127.0.0.1', port: 0 })
  client = new CoapClient({ parameters: transmissionParameters({ nstart: 1000 }) })
  plan = {
    endpoint: `coap://127.0.0.1:${port}`,
    operation: 'average',
    size: 10,
    seed: 1,
    warmUps: 2,
    forMs: 200,
    deadlineMs: 5000,
  }
})

afterEach(async () => {
  await client.stop()
  await server.stop()
})

async function stream(over: Partial<RequestStreamPlan>): Promise<readonly StreamRecord[]> {
  const records: StreamRecord[] = []
  await streamRequests(
    { ...plan, ...over },
    client,
    (record) => records.push(record),
    new AbortController().signal,
  )
  return records
}

describe('streamRequests', () => {
  it('sends by its schedule, whether the answers are there or not', async () => {
    answerMs = 400
    const records = await stream({ everyMs: 50, warmUps: 0 })
    const requests = records.filter(({ type }) => type === 'request')
    expect(requests).toHaveLength(4)
    expect(most).toBe(4)
    expect(records.map(({ type }) => type)).toEqual(['interval', 'interval', ...Array(4).fill('request')])
  })

  it('sends one after the other where there is no schedule', async () => {
    answerMs = 30
    const requests = (await stream({})).filter(({ type }) => type === 'request')
    expect(most).toBe(1)
    expect(requests.length).toBeGreaterThan(1)
    expect(all).toBe(requests.length + plan.warmUps)
  })

  it('tells of wrong answers as failures', async () => {
    const requests = (await stream({ everyMs: 100 })).filter((record) => record.type === 'request')
    expect(requests).toMatchObject([{ failure: 'a wrong answer' }, { failure: 'a wrong answer' }])
  })

  it('tells of what is not answered in time as failures', async () => {
    answerMs = 1000
    const requests = (await stream({ everyMs: 100, warmUps: 0, deadlineMs: 100 })).filter(
      ({ type }) => type === 'request',
    )
    expect(requests).toHaveLength(2)
    expect(requests.every((record) => 'failure' in record)).toBe(true)
  })
})

describe('countScheduled', () => {
  it.each([
    [15_000, 100, 150],
    [250, 100, 3],
    [50, 100, 1],
    [1000, 1000 / 3, 3],
  ])('in %d ms each %d ms: %d', (forMs, everyMs, count) => {
    expect(countScheduled(forMs, everyMs)).toBe(count)
  })
})
