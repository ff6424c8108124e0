// A server in a group, on the loopback interface: what it says to a question that went to all, and what it keeps to itself.
import { createSocket } from 'node:dgram'
import { afterEach, describe, expect, it } from 'vitest'
import { decodeMessage } from '../../../src/coap/codec/decode.ts'
import { type Message, MessageType } from '../../../src/coap/codec/message.ts'
import { findUint, textOption, uintOption } from '../../../src/coap/codec/option-value.ts'
import { Code } from '../../../src/coap/codes.ts'
import { allCoapNodes } from '../../../src/coap/multicast.ts'
import { OptionNumber } from '../../../src/coap/options.ts'
import { Router } from '../../../src/coap/router.ts'
import { CoapServer } from '../../../src/coap/server.ts'
import { until } from '../../until.ts'
import { bytesOf, type RawMessage } from './raw-peer.ts'

const loopback = '127.0.0.1'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

/** A server in the group, which counts what its handlers are called for, and a peer that speaks to it and to the group. */
async function aGroup(interfaces: readonly string[] | (() => readonly string[]) = [loopback]) {
  const calls: string[] = []
  const router = new Router()
    .add('/lamp', {
      attributes: { rt: 'lamp' },
      get: () => ({ code: Code.Content, payload: 'off' }),
      put: (request) => {
        calls.push(request.text())
        return { code: Code.Changed, payload: 'on' }
      },
      changes: () => () => {},
    })
    .add('/empty', { get: () => ({ code: Code.Content }) })
  const server = new CoapServer({ router })
  const multicast = { groups: [allCoapNodes], interfaces, lookAgainMs: 20 }
  const { port } = await server.start({ address: '0.0.0.0', port: 0, multicast })
  undo.push(() => server.stop())
  const socket = createSocket('udp4')
  const heard: Message[] = []
  socket.on('message', (datagram) => {
    const message = decodeMessage(datagram)
    if (!('malformed' in message)) heard.push(message)
  })
  await new Promise<void>((bound) => socket.bind(0, loopback, () => bound()))
  undo.push(() => new Promise<void>((closed) => socket.close(() => closed())))
  socket.setMulticastInterface(loopback)
  let id = 1
  const send = (to: string, message: Partial<RawMessage> | Uint8Array) =>
    socket.send(
      message instanceof Uint8Array ? message : bytesOf({ code: Code.Get, id: id++, ...message }),
      port,
      to,
    )
  return {
    port,
    server,
    calls,
    heard,
    toAll: (message: Partial<RawMessage> | Uint8Array) => send(allCoapNodes, message),
    toOne: (message: Partial<RawMessage> | Uint8Array) => send(loopback, message),
    /** All that was sent so far has come, and its answers, as late as they may be, have gone. */
    settle: async () => {
      const count = heard.length
      send(loopback, { options: path('lamp'), token: Uint8Array.of(0xee) })
      await until('the answer to one', () => heard.length > count)
      heard.splice(
        heard.findIndex(({ token }) => token[0] === 0xee),
        1,
      )
      await new Promise((resolve) => setTimeout(resolve, 150))
    },
  }
}

const path = (...segments: string[]) => segments.map((each) => textOption(OptionNumber.UriPath, each))
const non = { type: MessageType.NonConfirmable }
const core = path('.well-known', 'core')
const rt = (value: string) => textOption(OptionNumber.UriQuery, `rt=${value}`)

describe('a question to a group', () => {
  it('is answered once, non-confirmably, by who has what it asks for', async () => {
    const { toAll, heard, settle } = await aGroup()
    toAll({ ...non, token: Uint8Array.of(1), options: [...core, rt('lamp')] })
    await until('an answer', () => heard.length > 0)
    await settle()
    expect(heard.map(({ type, code }) => [type, code])).toEqual([[MessageType.NonConfirmable, Code.Content]])
    expect(Buffer.from(heard[0]?.payload ?? []).toString()).toBe('</lamp>;rt="lamp";obs')
  })

  it.each([
    ['finds nothing', { ...non, options: [...core, rt('oven')] }],
    ['has an empty answer', { ...non, options: path('empty') }],
    ['is for what is not there', { ...non, options: path('oven') }],
    [
      'has an option that is not understood',
      { ...non, options: [...path('lamp'), { number: 2053, value: Uint8Array.of(1) }] },
    ],
    ['would change something', { ...non, code: Code.Put, options: path('lamp'), payload: Buffer.from('on') }],
    ['is confirmable', { options: path('lamp') }],
    ['is a ping', { code: Code.Empty }],
    ['is malformed', Uint8Array.of(0x40, 1, 0, 1, 0xf0)],
  ])('is not answered, not even by a reset, when it %s', async (_, message) => {
    const { toAll, heard, calls, settle } = await aGroup()
    toAll(message)
    await settle()
    expect(heard).toEqual([])
    expect(calls).toEqual([])
  })

  it('makes nobody an observer', async () => {
    const { toAll, heard, server } = await aGroup()
    toAll({ ...non, options: [uintOption(OptionNumber.Observe, 0), ...path('lamp')] })
    await until('an answer', () => heard.length > 0)
    expect(findUint(heard[0]?.options ?? [], OptionNumber.Observe)).toBeUndefined()
    expect(server.use?.observers).toBe(0)
  })
})

describe('a server in a group', () => {
  it('answers what comes to it alone as any server does', async () => {
    const { toOne, heard, calls } = await aGroup()
    toOne({ ...non, options: path('oven') })
    toOne({ code: Code.Put, options: path('lamp'), payload: Buffer.from('on') })
    toOne({ code: Code.Empty })
    await until('three answers', () => heard.length === 3)
    expect(heard.map(({ code }) => code).toSorted((a, b) => a - b)).toEqual([
      Code.Empty,
      Code.Changed,
      Code.NotFound,
    ])
    expect(calls).toEqual(['on'])
  })

  it('takes part on interfaces that come up later', async () => {
    const interfaces: string[] = []
    const { toAll, heard } = await aGroup(() => interfaces)
    interfaces.push(loopback)
    const asking = setInterval(() => toAll({ ...non, options: path('lamp') }), 20)
    undo.push(() => clearInterval(asking))
    await until('an answer', () => heard.length > 0)
  })

  it('does without those that have no multicast, and that are not there', async () => {
    const { toAll, heard } = await aGroup(['203.0.113.9', loopback])
    toAll({ ...non, options: path('lamp') })
    await until('an answer', () => heard.length > 0)
  })

  it('shares its port with no other server', async () => {
    const { port } = await aGroup()
    const multicast = { groups: [allCoapNodes], interfaces: [loopback] }
    const other = new CoapServer({ router: new Router() })
    await expect(other.start({ address: '0.0.0.0', port, multicast })).rejects.toMatchObject({
      kind: 'not-bound',
      message: expect.stringContaining('the port is in use'),
    })
    await expect(other.start({ address: '0.0.0.0', port })).rejects.toMatchObject({ kind: 'not-bound' })
  })
})
