// Observation on loopback: client and server of Shoal against each other; against others' code in test/integration.
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { CoapClient } from '../../../src/coap/client.ts'
import { Code } from '../../../src/coap/codes.ts'
import { isNewer } from '../../../src/coap/exchange/observation.ts'
import { type CoapReply, Router } from '../../../src/coap/router.ts'
import { CoapServer } from '../../../src/coap/server.ts'
import { transmissionParameters } from '../../../src/coap/transmission.ts'
import { until } from '../../until.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

/** A resource whose text is set from outside. */
async function aThermometer(first = 'one') {
  let value: CoapReply = { code: Code.Content, payload: first }
  const listeners = new Set<() => void>()
  const changes = (_: unknown, listener: () => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  const router = new Router()
    .add('/value', { get: () => value, changes })
    .add('/plain', { get: () => value })
    .addTree('/tree', {
      get: ({ path }) => ({ code: Code.Content, payload: `${path.join('/')} ${String(value.payload)}` }),
      changes,
    })
  const parameters = transmissionParameters({ ackTimeoutMs: 50, maxRetransmit: 1 })
  const server = new CoapServer({ router, parameters })
  const { port } = await server.start({ address: '127.0.0.1', port: 0 })
  undo.push(() => server.stop())
  return {
    uri: `coap://127.0.0.1:${port}`,
    listeners,
    server,
    set: (next: CoapReply | string) => {
      value = typeof next === 'string' ? { code: Code.Content, payload: next } : next
      for (const listener of listeners) listener()
    },
  }
}

function aClient(): CoapClient {
  const client = new CoapClient()
  undo.push(() => client.stop())
  return client
}

function observing(client: CoapClient, uri: string) {
  const seen: string[] = []
  const stop = new AbortController()
  const ended = client.observe(uri, {
    signal: stop.signal,
    onRepresentation: (response) => seen.push(response.text()),
  })
  ended.catch(() => {})
  undo.push(() => stop.abort())
  return { seen, stop, ended }
}

describe('observing a resource', () => {
  it('tells the present state and then each change, and ends when told', async () => {
    const thermometer = await aThermometer()
    const { seen, stop, ended } = observing(aClient(), `${thermometer.uri}/value`)
    await until('it is so', () => seen.length === 1, 2000)
    thermometer.set('two')
    await until('it is so', () => seen.length === 2, 2000)
    thermometer.set('three')
    await until('it is so', () => seen.length === 3, 2000)
    stop.abort()
    expect(await ended).toBe('cancelled')
    expect(seen).toEqual(['one', 'two', 'three'])
    // It took its registration back: nobody is left to be told.
    expect(thermometer.listeners.size).toBe(0)
  })

  it('skips states between under a flood, never the last, and never goes back', async () => {
    const thermometer = await aThermometer('0')
    const { seen } = observing(aClient(), `${thermometer.uri}/value`)
    await until('it is so', () => seen.length === 1, 2000)
    for (let n = 1; n <= 500; n += 1) thermometer.set(String(n))
    await until('it is so', () => seen.at(-1) === '500', 2000)
    expect(seen.length).toBeLessThan(50)
    expect(seen.map(Number)).toEqual([...seen].map(Number).sort((a, b) => a - b))
  })

  it('fetches a representation of many blocks whole', async () => {
    const thermometer = await aThermometer()
    const { seen } = observing(aClient(), `${thermometer.uri}/value`)
    await until('it is so', () => seen.length === 1, 2000)
    const long = 'x'.repeat(5000)
    thermometer.set(long)
    await until('it is so', () => seen.length === 2, 2000)
    expect(seen[1]).toBe(long)
  })

  it('serves every path of a tree as a resource of its own', async () => {
    const thermometer = await aThermometer()
    const client = aClient()
    const [a, b] = [
      observing(client, `${thermometer.uri}/tree/a`),
      observing(client, `${thermometer.uri}/tree/b`),
    ]
    await until('it is so', () => a.seen.length === 1 && b.seen.length === 1, 2000)
    expect([a.seen[0], b.seen[0]]).toEqual(['tree/a one', 'tree/b one'])
  })

  it('says when a resource cannot be observed, with its state', async () => {
    const thermometer = await aThermometer()
    const { seen, ended } = observing(aClient(), `${thermometer.uri}/plain`)
    expect(await ended).toBe('not-observable')
    expect(seen).toEqual(['one'])
  })

  it('ends with the error that the resource comes to, on both sides', async () => {
    const thermometer = await aThermometer()
    const { seen, ended } = observing(aClient(), `${thermometer.uri}/value`)
    await until('it is so', () => seen.length === 1, 2000)
    thermometer.set({ code: Code.NotFound, payload: 'gone' })
    expect(await ended).toBe('ended')
    expect(seen.at(-1)).toBe('gone')
    expect(thermometer.listeners.size).toBe(0)
  })

  it('forgets an observer that never acknowledges, and one that rejects', async () => {
    const thermometer = await aThermometer()
    const client = aClient()
    const { seen } = observing(client, `${thermometer.uri}/value`)
    await until('it is so', () => seen.length === 1, 2000)
    await client.stop()
    thermometer.set('nobody hears it')
    await until('it is so', () => thermometer.listeners.size === 0, 5000)
    expect(thermometer.server.use?.observers).toBe(0)
  })

  it('takes a bounded number of observers from one address', async () => {
    const thermometer = await aThermometer()
    const client = aClient()
    const all = Array.from({ length: 70 }, () => observing(client, `${thermometer.uri}/value`))
    await until('it is so', () => all.every(({ seen }) => seen.length === 1), 5000)
    expect(thermometer.server.use?.observers).toBe(64)
  })
})

describe('the order of notifications (RFC 7641 §3.4)', () => {
  it('takes the next 2^23 - 1 numbers for newer, whatever they wrap to', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 24 - 1 }),
        fc.integer({ min: 1, max: 2 ** 23 - 1 }),
        (sequence, step) => {
          const later = (sequence + step) % 2 ** 24
          const at = { atMs: 0 }
          expect(isNewer({ sequence, ...at }, { sequence: later, ...at })).toBe(true)
          expect(isNewer({ sequence: later, ...at }, { sequence, ...at })).toBe(false)
        },
      ),
    )
  })

  it('takes anything for newer after 128 s', () => {
    expect(isNewer({ sequence: 9, atMs: 0 }, { sequence: 3, atMs: 128_001 })).toBe(true)
    expect(isNewer({ sequence: 9, atMs: 0 }, { sequence: 3, atMs: 127_999 })).toBe(false)
  })
})
