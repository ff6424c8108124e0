// What a client does when, on a clock that a test moves and a wire that a test plays.
import { describe, expect, it } from 'vitest'
import { CoapClient, type CoapRequestInit, type CoapResponse } from '../../../src/coap/client.ts'
import { MessageType } from '../../../src/coap/codec/message.ts'
import { Code } from '../../../src/coap/codes.ts'
import { CoapEndpoint } from '../../../src/coap/messaging/endpoint.ts'
import { transmissionParameters } from '../../../src/coap/transmission.ts'
import { FakeClock } from './fake-clock.ts'
import { anEmpty, peer, TestWire } from './test-wire.ts'

const uri = `coap://${peer.address}:${peer.port}/light`

async function aClient({ nstart = 1 } = {}) {
  const clock = new FakeClock()
  const wire = new TestWire()
  const endpoint = new CoapEndpoint({
    transport: wire,
    clock,
    parameters: transmissionParameters({ nstart }),
  })
  await endpoint.start()
  const client = new CoapClient({ endpoint, clock })
  const idleTimers = clock.armed
  /** Starts a request; its outcome is an error's kind, a response, or nothing yet. */
  const begin = (init: CoapRequestInit = {}) => {
    const result: { outcome?: string | CoapResponse; message?: string } = {}
    client.request(uri, init).then(
      (response) => {
        result.outcome = response
      },
      (error) => {
        result.outcome = error.kind
        result.message = error.message
      },
    )
    return result
  }
  const settle = () => new Promise((resolve) => setImmediate(resolve))
  return { clock, wire, endpoint, client, begin, settle, idleTimers }
}

describe('NSTART', () => {
  it('has a second request to the same server wait for the first to be acknowledged', async () => {
    const { wire, begin, settle } = await aClient()
    begin()
    begin()
    await settle()
    const [first, ...others] = wire.take()
    expect(others).toEqual([])
    wire.receive(anEmpty(MessageType.Acknowledgement, first?.id ?? -1))
    expect(wire.take()).toHaveLength(1)
  })

  it('is as many as the parameters say', async () => {
    const { wire, begin, settle } = await aClient({ nstart: 4 })
    for (let i = 0; i < 6; i++) begin()
    await settle()
    expect(wire.take()).toHaveLength(4)
  })

  it('passes the turn on when a request is aborted, waiting or sent', async () => {
    const { wire, begin, settle } = await aClient()
    const [first, second] = [new AbortController(), new AbortController()]
    const outcomes = [begin({ signal: first.signal }), begin({ signal: second.signal }), begin()]
    await settle()
    expect(wire.take()).toHaveLength(1)
    second.abort()
    first.abort()
    await settle()
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['aborted', 'aborted', undefined])
    expect(wire.take()).toHaveLength(1)
  })
})

describe('a deadline', () => {
  it('runs while a request waits for its turn, and says so', async () => {
    const { clock, begin, settle } = await aClient()
    begin()
    const waiting = begin({ deadlineMs: 1_000 })
    await settle()
    clock.advance(1_010)
    await settle()
    expect(waiting.outcome).toBe('timed-out')
    expect(waiting.message).toBe(
      `GET ${uri}: no answer within 1000 ms: waited for earlier requests to 10.0.0.9:40000 (NSTART)`,
    )
  })

  it('says how often the request was sent', async () => {
    const { clock, begin, settle } = await aClient()
    const result = begin({ deadlineMs: 10_000 })
    await settle()
    clock.advance(10_010)
    await settle()
    expect(result.message).toMatch(/no answer within 10000 ms: sent 3 times to 10.0.0.9:40000/)
  })

  it('says that the request was acknowledged', async () => {
    const { clock, wire, begin, settle } = await aClient()
    const result = begin({ deadlineMs: 10_000 })
    await settle()
    wire.receive(anEmpty(MessageType.Acknowledgement, wire.take()[0]?.id ?? -1))
    clock.advance(10_010)
    await settle()
    expect(result.message).toMatch(/: 10.0.0.9:40000 acknowledged the request$/)
  })

  it('ends a non-confirmable request, which is sent once', async () => {
    const { clock, wire, begin, settle } = await aClient()
    const result = begin({ confirmable: false, deadlineMs: 50_000 })
    await settle()
    clock.advance(50_010)
    await settle()
    expect(result.outcome).toBe('timed-out')
    expect(wire.take()).toHaveLength(1)
  })
})

describe('after an abort', () => {
  it('nothing is sent, nothing is armed, and a late answer is rejected', async () => {
    const { clock, wire, begin, settle, idleTimers } = await aClient()
    const controller = new AbortController()
    const result = begin({ signal: controller.signal })
    await settle()
    const [request] = wire.take()
    controller.abort(new Error('no longer wanted'))
    await settle()
    expect(result.outcome).toBe('aborted')
    clock.advance(100_000)
    expect(wire.take()).toEqual([])
    expect(clock.armed).toBe(idleTimers)
    wire.receive({
      type: MessageType.Confirmable,
      code: Code.Content,
      id: 1,
      token: request?.token ?? new Uint8Array(0),
      options: [],
      payload: Buffer.from('late'),
    })
    expect(wire.take()).toEqual([anEmpty(MessageType.Reset, 1)])
  })

  it('that came before the request nothing is sent at all', async () => {
    const { wire, begin, settle } = await aClient()
    const result = begin({ signal: AbortSignal.abort() })
    await settle()
    expect(result.outcome).toBe('aborted')
    expect(wire.take()).toEqual([])
  })
})

describe('stop', () => {
  it('of the client ends all its requests and leaves a shared endpoint alone', async () => {
    const { wire, client, begin, settle } = await aClient()
    const results = [begin(), begin(), begin()]
    await settle()
    expect(wire.take()).toHaveLength(1)
    await client.stop()
    await settle()
    expect(wire.take()).toEqual([])
    expect(results.map(({ outcome }) => outcome)).toEqual(['stopped', 'stopped', 'stopped'])
    expect(wire.isStopped).toBe(false)
    await expect(client.request(uri)).rejects.toMatchObject({ kind: 'stopped' })
  })

  it('of a shared endpoint ends all requests, sent, acknowledged and waiting', async () => {
    const { wire, endpoint, begin, settle } = await aClient({ nstart: 2 })
    const results = [begin(), begin(), begin(), begin()]
    await settle()
    wire.receive(anEmpty(MessageType.Acknowledgement, wire.take()[0]?.id ?? -1))
    wire.take()
    await endpoint.stop()
    await settle()
    expect(results.map(({ outcome }) => outcome)).toEqual(['stopped', 'stopped', 'stopped', 'stopped'])
    expect(wire.take()).toEqual([])
  })
})
