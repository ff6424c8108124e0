import { describe, expect, it } from 'vitest'
import type { CoapError } from '../../../../src/coap/coap-error.ts'
import { type Message, MessageType, noBytes } from '../../../../src/coap/codec/message.ts'
import { Code } from '../../../../src/coap/codes.ts'
import { CoapEndpoint } from '../../../../src/coap/messaging/endpoint.ts'
import type { InboundRequest } from '../../../../src/coap/messaging/inbound-request.ts'
import { FakeClock } from '../fake-clock.ts'
import { aMessage, anEmpty, peer, TestWire } from '../test-wire.ts'

/** EXCHANGE_LIFETIME and NON_LIFETIME of RFC 7252 §4.8.2, with the 256 ms that the memory may be late. */
const exchangeLifetimeMs = 247_300
const nonLifetimeMs = 145_300

async function anEndpoint({ random = () => 0 }: { random?: () => number } = {}) {
  const clock = new FakeClock()
  const wire = new TestWire()
  const endpoint = new CoapEndpoint({ transport: wire, clock, random })
  await endpoint.start()
  const requests: InboundRequest[] = []
  endpoint.receiveRequests((request) => requests.push(request))
  return { clock, wire, endpoint, requests }
}

/** Sends a confirmable request and writes down what becomes of it. */
function confirm(endpoint: CoapEndpoint) {
  const events: (string | Message)[] = []
  endpoint.confirm(
    endpoint.peer(peer),
    { code: Code.Get, token: Uint8Array.of(7), options: [], payload: noBytes },
    {
      onAcknowledged: (message) => events.push(message),
      onReset: () => events.push('reset'),
      onGivenUp: (error: CoapError) => events.push(error.kind),
    },
  )
  return events
}

const content = { code: Code.Content, options: [], payload: Buffer.from('on') }

describe('a confirmable message', () => {
  it.each([
    ['2 s with the lowest random factor', 0, 2_000],
    ['3 s with the highest', 0.999999, 3_000],
  ])('is sent five times, the wait doubling from %s, and then given up', async (_, random, firstMs) => {
    const { clock, wire, endpoint } = await anEndpoint({ random: () => random })
    const events = confirm(endpoint)
    const startMs = clock.now()
    const times: number[] = []
    while (events.length === 0) {
      times.push(...wire.take().map(() => clock.now() - startMs))
      clock.advance(10)
    }
    const units = [0, 1, 3, 7, 15]
    expect(times).toHaveLength(5)
    for (const [index, unit] of units.entries()) expect(times[index]).toBeCloseTo(unit * firstMs, -2)
    expect(clock.now() - startMs).toBeCloseTo(31 * firstMs, -2)
    expect(events).toEqual(['timed-out'])
    expect(endpoint.counters.retransmissions).toBe(4)
  })

  it('is the same to the byte each time', async () => {
    const { clock, wire, endpoint } = await anEndpoint()
    confirm(endpoint)
    clock.advance(61_000)
    expect(new Set(wire.sent.map(({ datagram }) => Buffer.from(datagram).toString('hex'))).size).toBe(1)
  })

  it.each([
    ['an empty acknowledgement', (id: number) => anEmpty(MessageType.Acknowledgement, id)],
    [
      'the acknowledgement that carries its response',
      (id: number) =>
        aMessage({
          type: MessageType.Acknowledgement,
          code: Code.Content,
          id,
          token: Buffer.of(7),
          options: [],
        }),
    ],
  ])('is not sent again after %s, which is handed on once', async (_, answer) => {
    const { clock, wire, endpoint } = await anEndpoint()
    const events = confirm(endpoint)
    const [request] = wire.take()
    wire.receive(answer(request?.id ?? -1))
    wire.receive(answer(request?.id ?? -1))
    clock.advance(100_000)
    expect(events).toHaveLength(1)
    expect(events[0]).toMatchObject({ type: MessageType.Acknowledgement })
    expect(wire.take()).toEqual([])
  })

  it('is ended by a reset', async () => {
    const { clock, wire, endpoint } = await anEndpoint()
    const events = confirm(endpoint)
    const [request] = wire.take()
    wire.receive(anEmpty(MessageType.Reset, request?.id ?? -1))
    clock.advance(100_000)
    expect(events).toEqual(['reset'])
    expect(wire.take()).toEqual([])
  })

  it('is acknowledged neither by another peer, nor another ID, nor the response to another token', async () => {
    const { wire, endpoint } = await anEndpoint()
    const events = confirm(endpoint)
    const id = wire.take()[0]?.id ?? -1
    wire.receive(anEmpty(MessageType.Acknowledgement, id), { ...peer, port: peer.port + 1 })
    wire.receive(anEmpty(MessageType.Acknowledgement, id), { ...peer, address: '10.0.0.8' })
    wire.receive(anEmpty(MessageType.Acknowledgement, id ^ 1))
    wire.receive(
      aMessage({ type: MessageType.Acknowledgement, code: Code.Content, id, token: Uint8Array.of(8) }),
    )
    expect(events).toEqual([])
    wire.receive(anEmpty(MessageType.Acknowledgement, id))
    expect(events).toHaveLength(1)
  })

  it('that cannot leave this machine is given up at once', async () => {
    const { wire, endpoint } = await anEndpoint()
    wire.sendError = new Error('send ENETUNREACH')
    expect(confirm(endpoint)).toEqual(['unreachable'])
  })

  it('that cannot leave this machine later on may still arrive', async () => {
    const { clock, wire, endpoint } = await anEndpoint()
    const events = confirm(endpoint)
    wire.sendError = new Error('send ENETUNREACH')
    clock.advance(7_000)
    wire.sendError = undefined
    clock.advance(8_000)
    const [, again] = wire.take()
    wire.receive(anEmpty(MessageType.Acknowledgement, again?.id ?? -1))
    expect(events).toHaveLength(1)
  })

  it('has an ID of its own', async () => {
    const { wire, endpoint } = await anEndpoint()
    for (let i = 0; i < 100; i++) confirm(endpoint)
    expect(new Set(wire.take().map(({ id }) => id)).size).toBe(100)
  })
})

describe('a request that comes in', () => {
  it.each([
    ['confirmable', MessageType.Confirmable, exchangeLifetimeMs],
    ['non-confirmable', MessageType.NonConfirmable, nonLifetimeMs],
  ])('and is %s is handed on once in its lifetime, and again after it', async (_, type, lifetimeMs) => {
    const { clock, wire, requests } = await anEndpoint()
    wire.receive(aMessage({ type }))
    clock.advance(lifetimeMs - 1_000)
    wire.receive(aMessage({ type }))
    expect(requests).toHaveLength(1)
    clock.advance(1_000)
    wire.receive(aMessage({ type }))
    expect(requests).toHaveLength(2)
  })

  it('is answered in its acknowledgement, and its copies with the same bytes', async () => {
    const { clock, wire, endpoint, requests } = await anEndpoint()
    wire.receive(aMessage({ id: 77 }))
    requests[0]?.respond(content)
    clock.advance(45_000)
    wire.receive(aMessage({ id: 77 }))
    const [first, second] = wire.sent
    expect(first?.message).toMatchObject({
      type: MessageType.Acknowledgement,
      code: Code.Content,
      id: 77,
      token: Buffer.of(1),
    })
    expect(second?.datagram).toEqual(first?.datagram)
    expect(endpoint.counters.duplicates).toBe(1)
  })

  it('that takes its time is acknowledged after a quarter of ACK_TIMEOUT, then answered by itself', async () => {
    const { clock, wire, requests } = await anEndpoint()
    wire.receive(aMessage({ id: 77 }))
    requests[0]?.expectDelay()
    clock.advance(495)
    wire.receive(aMessage({ id: 77 }))
    expect(wire.take()).toEqual([])
    clock.advance(10)
    wire.receive(aMessage({ id: 77 }))
    const empty = anEmpty(MessageType.Acknowledgement, 77)
    expect(wire.take()).toEqual([empty, empty])
    clock.advance(60_000)
    requests[0]?.respond(content)
    const [separate] = wire.take()
    expect(separate).toMatchObject({ type: MessageType.Confirmable, code: Code.Content, token: Buffer.of(1) })
    wire.receive(anEmpty(MessageType.Acknowledgement, separate?.id ?? -1))
    clock.advance(100_000)
    expect(wire.take()).toEqual([])
  })

  it('settles when its separate answer is acknowledged, reset or given up', async () => {
    const { clock, wire, requests } = await anEndpoint()
    const settled: string[] = []
    const separately = (id: number) => {
      wire.receive(aMessage({ id }))
      const request = requests.at(-1)
      request?.expectDelay()
      clock.advance(600)
      request?.respond(content, () => settled.push(`${id}`))
      return wire.take().at(-1)?.id ?? -1
    }
    wire.receive(anEmpty(MessageType.Acknowledgement, separately(1)))
    expect(settled).toEqual(['1'])
    wire.receive(anEmpty(MessageType.Reset, separately(2)))
    expect(settled).toEqual(['1', '2'])
    separately(3)
    clock.advance(100_000)
    expect(settled).toEqual(['1', '2', '3'])
  })

  it('that is non-confirmable is answered so, and its copies get silence', async () => {
    const { clock, wire, requests } = await anEndpoint()
    wire.receive(aMessage({ type: MessageType.NonConfirmable }))
    requests[0]?.expectDelay()
    clock.advance(5_000)
    requests[0]?.respond(content)
    wire.receive(aMessage({ type: MessageType.NonConfirmable }))
    expect(wire.take()).toEqual([
      expect.objectContaining({ type: MessageType.NonConfirmable, code: Code.Content }),
    ])
  })

  it('is answered once', async () => {
    const { wire, requests } = await anEndpoint()
    wire.receive(aMessage())
    requests[0]?.respond(content)
    requests[0]?.respond(content)
    expect(wire.take()).toHaveLength(1)
  })

  it('that was forgotten is handed on again', async () => {
    const { wire, requests } = await anEndpoint()
    wire.receive(aMessage())
    requests[0]?.forget()
    requests[0]?.respond(content)
    wire.receive(aMessage())
    expect(requests).toHaveLength(2)
  })

  it('is reset where nobody takes requests, and ignored when non-confirmable', async () => {
    const wire = new TestWire()
    const endpoint = new CoapEndpoint({ transport: wire, clock: new FakeClock() })
    await endpoint.start()
    wire.receive(aMessage({ id: 9 }))
    wire.receive(aMessage({ id: 10, type: MessageType.NonConfirmable }))
    expect(wire.take()).toEqual([anEmpty(MessageType.Reset, 9)])
  })
})

describe('an endpoint', () => {
  it('answers a ping, and what is malformed and confirmable, with a reset', async () => {
    const { wire, endpoint } = await anEndpoint()
    wire.receive(anEmpty(MessageType.Confirmable, 5))
    wire.receiveBytes(Buffer.from('400100069f', 'hex'))
    wire.receiveBytes(Buffer.from('500100079f', 'hex'))
    wire.receiveBytes(Buffer.from('00', 'hex'))
    expect(wire.take()).toEqual([anEmpty(MessageType.Reset, 5), anEmpty(MessageType.Reset, 6)])
    expect(endpoint.counters.malformed).toBe(3)
  })

  it('never answers an acknowledgement or a reset', async () => {
    const { wire } = await anEndpoint()
    wire.receive(anEmpty(MessageType.Acknowledgement, 5))
    wire.receive(anEmpty(MessageType.Reset, 5))
    wire.receiveBytes(Buffer.from('7045000501', 'hex'))
    expect(wire.take()).toEqual([])
  })

  it('resets a confirmable response that nobody knows, its copies alike; a non-confirmable one it ignores', async () => {
    const { wire } = await anEndpoint()
    const response = aMessage({ code: Code.Content, id: 3, options: [] })
    wire.receive(response)
    wire.receive(response)
    wire.receive({ ...response, id: 4, type: MessageType.NonConfirmable })
    expect(wire.take()).toEqual([anEmpty(MessageType.Reset, 3), anEmpty(MessageType.Reset, 3)])
  })

  it('that stops gives up what is under way, and arms, sends and hands on nothing afterwards', async () => {
    const { clock, wire, endpoint, requests } = await anEndpoint()
    const events = confirm(endpoint)
    wire.receive(aMessage())
    requests[0]?.expectDelay()
    wire.take()
    await endpoint.stop()
    expect(events).toEqual(['stopped'])
    expect(confirm(endpoint)).toEqual(['stopped'])
    clock.advance(300_000)
    expect(clock.armed).toBe(0)
    expect(wire.take()).toEqual([])
    expect(wire.isStopped).toBe(true)
  })
})
