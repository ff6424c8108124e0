// The client's side of RFC 7641 against a server that is played by the test, on a clock that the test moves.
import { afterEach, describe, expect, it } from 'vitest'
import { createRandom } from '../../../../evaluation/random.ts'
import { CoapClient } from '../../../../src/coap/client.ts'
import type { CoapError } from '../../../../src/coap/coap-error.ts'
import { type Message, MessageType } from '../../../../src/coap/codec/message.ts'
import { findUint, uintOption } from '../../../../src/coap/codec/option-value.ts'
import { Code } from '../../../../src/coap/codes.ts'
import { type CoapOption, OptionNumber } from '../../../../src/coap/options.ts'
import { Router } from '../../../../src/coap/router.ts'
import { CoapServer } from '../../../../src/coap/server.ts'
import { transmissionParameters } from '../../../../src/coap/transmission.ts'
import { until } from '../../../until.ts'
import { FakeClock } from '../fake-clock.ts'
import { FaultProxy, randomFate } from '../fault-proxy.ts'
import { RawPeer } from '../raw-peer.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

/** Renewals come Max-Age and 5 s later; the wait after a silence is 2 s, 4 s … */
const random = () => 0
const marginMs = 5000

type Arrived = Message & { readonly port: number }

async function aServer() {
  const server = new RawPeer()
  const port = await server.start()
  undo.push(() => server[Symbol.asyncDispose]())
  const clock = new FakeClock()
  const parameters = transmissionParameters({ maxRetransmit: 0 })
  const client = new CoapClient({ clock, random, parameters })
  undo.push(() => client.stop())
  const stop = new AbortController()
  undo.push(() => stop.abort())
  const seen: string[] = []
  const silences: CoapError[] = []
  let id = 1000
  const representation = (text: string, sequence: number | undefined, options: readonly CoapOption[]) => ({
    code: Code.Content,
    options: [...(sequence === undefined ? [] : [uintOption(OptionNumber.Observe, sequence)]), ...options],
    payload: Buffer.from(text),
  })
  return {
    server,
    clock,
    client,
    stop,
    seen,
    silences,
    observe: (onRepresentation: (text: string) => void = (text) => seen.push(text)) => {
      const ended = client.observe(`coap://127.0.0.1:${port}/lamp`, {
        signal: stop.signal,
        onRepresentation: (response) => onRepresentation(response.text()),
        onSilence: (error) => silences.push(error),
      })
      ended.catch(() => {})
      return ended
    },
    answer: (to: Arrived, text: string, sequence?: number, ...options: CoapOption[]) =>
      server.send(to.port, {
        type: MessageType.Acknowledgement,
        id: to.id,
        token: to.token,
        ...representation(text, sequence, options),
      }),
    /** Confirmable: what the client thinks of it comes next. */
    notify: (to: Arrived, text: string, sequence?: number, ...options: CoapOption[]) =>
      server.ask(to.port, { id: id++, token: to.token, ...representation(text, sequence, options) }),
    /** Lets time pass in the steps in which a client's timers follow each other. */
    pass: (ms: number) => {
      for (let left = ms; left > 0; left -= 1000) clock.advance(Math.min(left, 1000))
    },
  }
}

const observeOf = ({ options }: Message): number | undefined => findUint(options, OptionNumber.Observe)
const maxAge = (seconds: number): CoapOption => uintOption(OptionNumber.MaxAge, seconds)

describe('the order of representations', () => {
  it('takes a notification that was overtaken for received, and hands on the newer one only', async () => {
    const { server, observe, answer, notify, seen } = await aServer()
    observe()
    const request = await server.receive()
    expect(observeOf(request)).toBe(0)
    answer(request, 'one', 1)
    await notify(request, 'three', 3)
    expect(await notify(request, 'two', 2)).toMatchObject({ type: MessageType.Acknowledgement })
    await notify(request, 'four', 4)
    expect(seen).toEqual(['one', 'three', 'four'])
  })

  it('takes the answer to a renewal for newer: the server may have been started anew', async () => {
    const { server, observe, answer, notify, seen, pass } = await aServer()
    observe()
    const request = await server.receive()
    answer(request, 'before', 9000, maxAge(10))
    await until('it is seen', () => seen.length === 1)
    pass(10_000 + marginMs + 1000)
    const renewal = await server.receive()
    expect(Buffer.from(renewal.token)).toEqual(Buffer.from(request.token))
    answer(renewal, 'after', 1, maxAge(10))
    await until('it is seen', () => seen.length === 2)
    await notify(request, 'and on', 2)
    expect(seen).toEqual(['before', 'after', 'and on'])
  })

  it.each([
    ['losing and doubling', 'one datagram', 10, { loss: 0.2, duplication: 0.3 }],
    ['reordering', 'one datagram', 10, { reordering: 0.4, maxDelayMs: 15 }],
    ['doing all of it', 'blocks', 3000, { loss: 0.2, duplication: 0.3, reordering: 0.4, maxDelayMs: 15 }],
  ])(
    'goes up to the newest over a link that is %s, in %s',
    { timeout: 30_000 },
    async (_, __, bytes, faults) => {
      let state = 0
      const listeners = new Set<() => void>()
      const changes = (___: unknown, listener: () => void) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      }
      const get = () => ({ code: Code.Content, payload: String(state).padStart(bytes, '0') })
      const parameters = transmissionParameters({ ackTimeoutMs: 30, maxRetransmit: 10 })
      const served = new CoapServer({ router: new Router().add('/count', { get, changes }), parameters })
      const { port } = await served.start({ address: '127.0.0.1', port: 0 })
      undo.push(() => served.stop())
      const proxy = new FaultProxy(port, randomFate(faults, createRandom(11)))
      undo.push(() => proxy[Symbol.asyncDispose]())
      const client = new CoapClient({ parameters })
      undo.push(() => client.stop())
      const stop = new AbortController()
      const seen: number[] = []
      const ended = client.observe(`coap://127.0.0.1:${await proxy.start()}/count`, {
        signal: stop.signal,
        onRepresentation: (response) => seen.push(Number(response.text())),
      })
      ended.catch(() => {})
      await until('the first is seen', () => seen.length === 1)
      for (state = 1; state < 60; state += 1) {
        for (const listener of listeners) listener()
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      state = 60
      for (const listener of listeners) listener()
      await until('the last is seen', () => seen.at(-1) === 60, 20_000)
      expect(seen).toEqual(seen.toSorted((a, b) => a - b))
      // Of a body that changes while it is read hardly any is seen whole before the last.
      expect(seen.length).toBeGreaterThan(bytes < 1024 ? 5 : 1)
      stop.abort()
      expect(await ended).toBe('cancelled')
    },
  )
})

describe('a registration', () => {
  it('is renewed when the newest representation has not been fresh for a while, and no sooner', async () => {
    const { server, observe, answer, notify, seen, pass } = await aServer()
    observe()
    const request = await server.receive()
    answer(request, 'one', 1, maxAge(20))
    await until('it is seen', () => seen.length === 1)
    pass(20_000)
    await notify(request, 'two', 2, maxAge(30))
    pass(30_000)
    await notify(request, 'two still', 3, maxAge(1))
    pass(1000 + marginMs + 1000)
    const renewal = await server.receive()
    expect([renewal.code, observeOf(renewal)]).toEqual([Code.Get, 0])
  })

  it('is renewed after a long silence that was announced, when the peer is long forgotten below', async () => {
    const { server, observe, answer, seen, pass } = await aServer()
    observe()
    answer(await server.receive(), 'one', 1, maxAge(3600))
    await until('it is seen', () => seen.length === 1)
    pass(3_600_000 + marginMs + 1000)
    answer(await server.receive(), 'two', 2, maxAge(3600))
    await until('it is seen', () => seen.length === 2)
  })

  it('is tried again and again, later and later, while the server is away', async () => {
    const { server, observe, answer, seen, silences, pass } = await aServer()
    observe()
    answer(await server.receive(), 'one', 1, maxAge(1))
    await until('it is seen', () => seen.length === 1)
    pass(1000 + marginMs + 1000)
    const renewals = [await server.receive()]
    for (const waitMs of [2000, 4000]) {
      // No retransmission: given up after the first wait for an acknowledgement.
      pass(3000)
      await until('the silence is told', () => silences.length === renewals.length)
      pass(waitMs - 1000)
      expect(await server.drain(renewals[0]?.port ?? 0)).toEqual([])
      pass(1100)
      renewals.push(await server.receive())
    }
    const back = renewals.at(-1)
    if (back !== undefined) answer(back, 'back', 1, maxAge(1))
    await until('it is seen', () => seen.at(-1) === 'back')
    expect(silences.map(({ kind }) => kind)).toEqual(['timed-out', 'timed-out'])
  })

  it('that was never taken is not tried again', async () => {
    const { server, observe, pass } = await aServer()
    const ended = observe()
    await server.receive()
    pass(3000)
    await expect(ended).rejects.toMatchObject({ kind: 'timed-out' })
  })

  it('is renewed when the further blocks of a notification do not come', async () => {
    const { server, observe, answer, notify, seen, pass } = await aServer()
    observe()
    const request = await server.receive()
    answer(request, 'one', 1)
    await until('it is seen', () => seen.length === 1)
    const rest = await notify(request, 'x'.repeat(16), 2, uintOption(OptionNumber.Block2, 8))
    expect(await server.receive()).toMatchObject({ type: MessageType.Acknowledgement })
    expect([observeOf(rest), findUint(rest.options, OptionNumber.Block2)]).toEqual([undefined, 16])
    pass(3000)
    const renewal = await server.receive()
    expect(observeOf(renewal)).toBe(0)
    answer(renewal, 'whole', 3)
    await until('it is seen', () => seen.at(-1) === 'whole')
  })
})

describe('the end of an observation', () => {
  it('is told to the server, by GET with Observe 1 on the same token', async () => {
    const { server, observe, answer, seen, stop } = await aServer()
    const ended = observe()
    const request = await server.receive()
    answer(request, 'one', 1)
    await until('it is seen', () => seen.length === 1)
    stop.abort()
    const goodbye = await server.receive()
    expect([goodbye.code, observeOf(goodbye)]).toEqual([Code.Get, 1])
    expect(Buffer.from(goodbye.token)).toEqual(Buffer.from(request.token))
    answer(goodbye, 'one')
    expect(await ended).toBe('cancelled')
    expect(seen).toEqual(['one'])
  })

  it('reaches a server that did not hear it by a reset of its next notification', async () => {
    const { server, observe, answer, notify, seen, stop, pass } = await aServer()
    const ended = observe()
    const request = await server.receive()
    answer(request, 'one', 1)
    await until('it is seen', () => seen.length === 1)
    stop.abort()
    await server.receive()
    pass(3000)
    expect(await ended).toBe('cancelled')
    expect(await notify(request, 'two', 2)).toMatchObject({ type: MessageType.Reset })
    expect(seen).toEqual(['one'])
  })

  it('comes with the signal while the server is silent', async () => {
    const { server, observe, answer, seen, silences, stop, pass } = await aServer()
    const ended = observe()
    answer(await server.receive(), 'one', 1, maxAge(1))
    await until('it is seen', () => seen.length === 1)
    pass(1000 + marginMs + 1000)
    await server.receive()
    pass(3000)
    await until('the silence is told', () => silences.length === 1)
    stop.abort()
    expect(observeOf(await server.receive())).toBe(1)
    pass(3000)
    expect(await ended).toBe('cancelled')
  })

  it('comes before anything is sent where the signal came before', async () => {
    const { observe, stop } = await aServer()
    stop.abort()
    expect(await observe()).toBe('cancelled')
  })

  it('comes with the client’s', async () => {
    const { server, observe, answer, seen, client } = await aServer()
    const ended = observe()
    answer(await server.receive(), 'one', 1)
    await until('it is seen', () => seen.length === 1)
    await client.stop()
    await expect(ended).rejects.toMatchObject({ kind: 'stopped' })
  })

  it('comes with what whoever looks at it throws, of the first answer as of any later', async () => {
    for (const failing of ['one', 'two']) {
      const { server, observe, answer, notify } = await aServer()
      const ended = observe((text) => {
        if (text === failing) throw new RangeError(`cannot bear ${text}`)
      })
      const request = await server.receive()
      answer(request, 'one', 1)
      if (failing === 'two') await notify(request, 'two', 2)
      const goodbye = await server.receive()
      expect(observeOf(goodbye)).toBe(1)
      answer(goodbye, 'one')
      await expect(ended).rejects.toThrow(`cannot bear ${failing}`)
    }
  })

  it('comes with a notification without Observe, which is the last', async () => {
    const { server, observe, answer, notify, seen } = await aServer()
    const ended = observe()
    const request = await server.receive()
    answer(request, 'one', 1)
    await until('it is seen', () => seen.length === 1)
    await notify(request, 'farewell')
    expect(await ended).toBe('not-observable')
    expect(seen).toEqual(['one', 'farewell'])
  })
})
