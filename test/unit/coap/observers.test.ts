// The server's side of RFC 7641, seen by a peer that sends whatever it is told.
import { afterEach, describe, expect, it } from 'vitest'
import { type Message, MessageType } from '../../../src/coap/codec/message.ts'
import { findUint, textOption, uintOption } from '../../../src/coap/codec/option-value.ts'
import { Code } from '../../../src/coap/codes.ts'
import { isNewer } from '../../../src/coap/exchange/observation.ts'
import { type CoapOption, OptionNumber } from '../../../src/coap/options.ts'
import { type CoapReply, type Handler, Router } from '../../../src/coap/router.ts'
import { CoapServer } from '../../../src/coap/server.ts'
import { transmissionParameters } from '../../../src/coap/transmission.ts'
import { until } from '../../until.ts'
import { RawPeer } from './raw-peer.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

const token = Uint8Array.of(7, 7)
const register = uintOption(OptionNumber.Observe, 0)
const deregister = uintOption(OptionNumber.Observe, 1)
let nextId = 1

/** `/lamp`, whose state is set from outside, and a peer that looks at it. */
async function aLamp(get?: Handler) {
  let state: CoapReply = { code: Code.Content, payload: 'off' }
  const listeners = new Set<() => void>()
  const failures: unknown[] = []
  const router = new Router().add('/lamp', {
    get: get ?? (() => state),
    changes: (_, listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  })
  const parameters = transmissionParameters({ ackTimeoutMs: 200, ackRandomFactor: 1, maxRetransmit: 1 })
  const server = new CoapServer({ router, parameters, onHandlerError: (error) => failures.push(error) })
  const { port } = await server.start({ address: '127.0.0.1', port: 0 })
  undo.push(() => server.stop())
  const peer = new RawPeer()
  await peer.start()
  undo.push(() => peer[Symbol.asyncDispose]())
  const look = (of: Uint8Array, ...options: readonly CoapOption[]) => ({
    code: Code.Get,
    id: nextId++,
    token: of,
    options: [...options, textOption(OptionNumber.UriPath, 'lamp')].toSorted((a, b) => a.number - b.number),
  })
  return {
    peer,
    listeners,
    failures,
    count: () => server.use?.observers,
    set: (next: CoapReply | string) => {
      state = typeof next === 'string' ? { code: Code.Content, payload: next } : next
      for (const listener of [...listeners]) listener()
    },
    send: (of: Uint8Array, ...options: readonly CoapOption[]) => peer.send(port, look(of, ...options)),
    ask: (of: Uint8Array, ...options: readonly CoapOption[]) => peer.ask(port, look(of, ...options)),
    reply: (type: number, { id }: Message) => peer.send(port, { type, code: Code.Empty, id }),
    drain: () => peer.drain(port),
  }
}

const textOf = ({ payload }: Message): string => Buffer.from(payload).toString()
const sequenceOf = ({ options }: Message): number | undefined => findUint(options, OptionNumber.Observe)

describe('a registration', () => {
  it('is confirmed in the answer, and notifications bear its token and grow', async () => {
    const lamp = await aLamp()
    const answer = await lamp.ask(token, register)
    expect(textOf(answer)).toBe('off')
    lamp.set('on')
    const notification = await lamp.peer.receive()
    expect(notification).toMatchObject({ type: MessageType.Confirmable, code: Code.Content })
    expect(Buffer.from(notification.token)).toEqual(Buffer.from(token))
    expect(textOf(notification)).toBe('on')
    expect(sequenceOf(notification)).toBeGreaterThan(sequenceOf(answer) ?? Number.NaN)
  })

  it('misses no change that comes while its first answer is being made', async () => {
    const answers: ((reply: CoapReply) => void)[] = []
    const lamp = await aLamp(() => new Promise((resolve) => answers.push(resolve)))
    lamp.send(token, register)
    await until('the handler runs', () => answers.length === 1)
    lamp.set('whatever it was')
    answers[0]?.({ code: Code.Content, payload: 'before' })
    await until('the change asks for its representation', () => answers.length === 2)
    answers[1]?.({ code: Code.Content, payload: 'after' })
    const [one, two] = [await lamp.peer.receive(), await lamp.peer.receive()]
    expect([textOf(one), textOf(two)]).toEqual(['before', 'after'])
    expect(sequenceOf(two)).toBeGreaterThan(sequenceOf(one) ?? Number.NaN)
  })

  it('by the same token takes the place of the former', async () => {
    const lamp = await aLamp()
    await lamp.ask(token, register)
    await lamp.ask(token, register)
    expect([lamp.count(), lamp.listeners.size]).toEqual([1, 1])
    lamp.set('on')
    lamp.reply(MessageType.Acknowledgement, await lamp.peer.receive())
    expect(await lamp.drain()).toEqual([])
  })

  it('ends by GET with Observe 1, and the answer has no Observe', async () => {
    const lamp = await aLamp()
    await lamp.ask(token, register)
    const answer = await lamp.ask(token, deregister)
    expect([textOf(answer), sequenceOf(answer)]).toEqual(['off', undefined])
    lamp.set('on')
    expect(await lamp.drain()).toEqual([])
    expect([lamp.count(), lamp.listeners.size]).toEqual([0, 0])
  })

  it('ends by a reset of a notification', async () => {
    const lamp = await aLamp()
    await lamp.ask(token, register)
    lamp.set('on')
    lamp.reply(MessageType.Reset, await lamp.peer.receive())
    await until('it is forgotten', () => lamp.count() === 0)
    lamp.set('off')
    expect(await lamp.drain()).toEqual([])
    expect(lamp.listeners.size).toBe(0)
  })

  it('ends when a notification is never acknowledged', async () => {
    const lamp = await aLamp()
    await lamp.ask(token, register)
    lamp.set('on')
    const [first, second] = [await lamp.peer.receive(), await lamp.peer.receive()]
    expect(second.id).toBe(first.id)
    await until('it is forgotten', () => lamp.count() === 0)
    expect(lamp.listeners.size).toBe(0)
  })

  it('that is answered with an error is none, and ends the former of its token', async () => {
    const lamp = await aLamp()
    await lamp.ask(token, register)
    lamp.listeners.clear()
    lamp.set({ code: Code.NotFound, payload: 'unscrewed' })
    expect(sequenceOf(await lamp.ask(token, register))).toBeUndefined()
    expect([lamp.count(), lamp.listeners.size]).toEqual([0, 0])
  })

  it('is none where a later block is asked for', async () => {
    const lamp = await aLamp()
    lamp.set('x'.repeat(200))
    const block = uintOption(OptionNumber.Block2, (1 << 4) | 2)
    const answer = await lamp.ask(token, register, block)
    expect([sequenceOf(answer), lamp.count()]).toEqual([undefined, 0])
  })
})

describe('notifications', () => {
  it('come one at a time to one endpoint, whichever resource they are of, and the newest state follows', async () => {
    const lamp = await aLamp()
    const other = Uint8Array.of(8)
    await lamp.ask(token, register)
    await lamp.ask(other, register)
    for (const state of ['1', '2', '3']) lamp.set(state)
    const first = await lamp.peer.receive()
    expect(await lamp.drain()).toEqual([])
    lamp.reply(MessageType.Acknowledgement, first)
    const seen = [first]
    while (seen.length < 4) {
      const next = await lamp.peer.receive()
      lamp.reply(MessageType.Acknowledgement, next)
      seen.push(next)
    }
    expect(await lamp.drain()).toEqual([])
    const sequences = seen.map((each) => sequenceOf(each) ?? Number.NaN)
    expect(sequences).toEqual(sequences.toSorted((a, b) => a - b))
    for (const of of [token, other]) {
      const own = seen.filter((each) => Buffer.from(each.token).equals(of))
      expect(own.map(textOf).at(-1)).toBe('3')
    }
  })

  it('that wait for their turn go with their registration', async () => {
    const lamp = await aLamp()
    const other = Uint8Array.of(8)
    await lamp.ask(token, register)
    await lamp.ask(other, register)
    lamp.set('on')
    const first = await lamp.peer.receive()
    const waiting = Buffer.from(first.token).equals(token) ? other : token
    await lamp.ask(waiting, deregister)
    lamp.reply(MessageType.Acknowledgement, first)
    expect(await lamp.drain()).toEqual([])
    // The turn is free again: the one that stays is told of what comes.
    lamp.set('off')
    expect(textOf(await lamp.peer.receive())).toBe('off')
  })

  it('are not sent again once the observer has gone', async () => {
    const lamp = await aLamp()
    await lamp.ask(token, register)
    lamp.set('on')
    await lamp.peer.receive()
    await lamp.ask(token, deregister)
    // An observer of another token is not kept waiting by what nobody will acknowledge.
    await lamp.ask(Uint8Array.of(9), register)
    lamp.set('off')
    expect(textOf(await lamp.peer.receive())).toBe('off')
  })

  it('that do not fit go in blocks of the size that was asked for, the rest by GET', async () => {
    const lamp = await aLamp()
    const blocksOf64 = (number: number) => uintOption(OptionNumber.Block2, (number << 4) | 2)
    await lamp.ask(token, register, blocksOf64(0))
    lamp.set(`${'x'.repeat(64)}${'y'.repeat(40)}`)
    const first = await lamp.peer.receive()
    expect(textOf(first)).toBe('x'.repeat(64))
    expect(findUint(first.options, OptionNumber.Block2)).toBe((0 << 4) | 8 | 2)
    lamp.reply(MessageType.Acknowledgement, first)
    const rest = await lamp.ask(Uint8Array.of(1), blocksOf64(1))
    expect([textOf(rest), sequenceOf(rest)]).toEqual(['y'.repeat(40), undefined])
  })

  it('end with 5.00 where the handler fails, and where what it returns cannot be sent', async () => {
    for (const bad of [
      { code: Code.Get },
      { code: Code.Content, options: [{ number: 70_000, value: Uint8Array.of(1) }] },
    ]) {
      const lamp = await aLamp()
      await lamp.ask(token, register)
      lamp.set(bad)
      const last = await lamp.peer.receive()
      expect([last.code, sequenceOf(last)]).toEqual([Code.InternalServerError, undefined])
      expect([lamp.count(), lamp.listeners.size, lamp.failures.length]).toEqual([0, 0, 1])
    }
  })
})

it('leaves no subscription behind when the server stops, not even of answers that are being made', async () => {
  const listeners = new Set<() => void>()
  const router = new Router()
  for (const [path, get] of [
    ['/slow', () => new Promise<CoapReply>(() => {})],
    ['/fast', () => ({ code: Code.Content })],
  ] as const) {
    router.add(path, {
      get,
      changes: (_, listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    })
  }
  const server = new CoapServer({ router })
  const { port } = await server.start({ address: '127.0.0.1', port: 0 })
  const peer = new RawPeer()
  undo.push(() => peer[Symbol.asyncDispose]())
  for (const path of ['slow', 'fast']) {
    const options = [register, textOption(OptionNumber.UriPath, path)]
    peer.send(port, { code: Code.Get, id: nextId++, token: Buffer.from(path), options })
  }
  await until('both listen', () => listeners.size === 2)
  await server.stop()
  expect(listeners.size).toBe(0)
})

it('numbers notifications higher after a restart than before', async () => {
  const numbers: number[] = []
  for (const pauseMs of [40, 0]) {
    const lamp = await aLamp()
    numbers.push(sequenceOf(await lamp.ask(token, register)) ?? Number.NaN)
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
  const [before = Number.NaN, after = Number.NaN] = numbers
  expect(isNewer({ sequence: before, atMs: 0 }, { sequence: after, atMs: 0 })).toBe(true)
})
