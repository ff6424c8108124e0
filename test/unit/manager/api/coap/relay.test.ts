// The relay against CoAP servers on loopback, one of which hears and never answers.
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { CoapClient } from '../../../../../src/coap/client.ts'
import { Code } from '../../../../../src/coap/codes.ts'
import { Router } from '../../../../../src/coap/router.ts'
import { CoapServer } from '../../../../../src/coap/server.ts'
import { transmissionParameters } from '../../../../../src/coap/transmission.ts'
import { isRepeatable, Relay, type RelayOutcome } from '../../../../../src/manager/api/coap/relay.ts'
import type { Endpoint } from '../../../../../src/model/endpoint.ts'

const undo: (() => Promise<unknown> | unknown)[] = []

afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

async function aService(answer: string, delayMs = 0): Promise<Endpoint & { readonly calls: () => number }> {
  let calls = 0
  const reply = async () => {
    calls += 1
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs))
    return { code: Code.Content, payload: answer }
  }
  const router = new Router().add('/value', { get: reply, post: reply })
  const server = new CoapServer({ router })
  const { port } = await server.start({ address: '127.0.0.1', port: 0 })
  undo.push(() => server.stop())
  return { host: '127.0.0.1', port, calls: () => calls }
}

/** As a node that has crashed behind a switch: datagrams go in, nothing comes out, not even an ICMP error. */
async function aBlackHole(): Promise<Endpoint> {
  const socket: Socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  undo.push(() => socket.close())
  return { host: '127.0.0.1', port: socket.address().port }
}

function aRelay(): Relay {
  const client = new CoapClient({ parameters: transmissionParameters({ nstart: 64 }) })
  undo.push(() => client.stop())
  return new Relay({ client })
}

function these(...endpoints: Endpoint[]) {
  const listeners = new Set<() => void>()
  let current: readonly Endpoint[] = endpoints
  return {
    current: () => current,
    onChange: (listener: () => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    become: (...next: Endpoint[]) => {
      current = next
      for (const listener of listeners) listener()
    },
    listeners,
  }
}

const get = { path: '/value', init: { method: Code.Get } }
const post = { path: '/value', init: { method: Code.Post } }
const within = (deadlineMs: number) => ({ signal: new AbortController().signal, deadlineMs })

function textOf(outcome: RelayOutcome): string {
  return outcome.kind === 'answered' ? outcome.response.text() : outcome.kind
}

test('takes instances in turn', async () => {
  const [a, b] = [await aService('a'), await aService('b')]
  const relay = aRelay()
  const answers = []
  for (let request = 0; request < 4; request += 1)
    answers.push(textOf(await relay.forward(get, these(a, b), within(5000))))
  expect(answers.sort()).toEqual(['a', 'a', 'b', 'b'])
})

test('asks the other instance when the first is silent, and then asks that one first', async () => {
  const [hole, b] = [await aBlackHole(), await aService('b')]
  const relay = aRelay()
  const upstreams = these(hole, b)
  for (let request = 0; request < 2; request += 1)
    expect(textOf(await relay.forward(get, upstreams, within(5000)))).toBe('b')
  const before = b.calls()
  const startedAt = performance.now()
  for (let request = 0; request < 6; request += 1)
    expect(textOf(await relay.forward(get, upstreams, within(5000)))).toBe('b')
  expect(b.calls() - before).toBe(6)
  // Six times a wait for the silent one would be 2.4 s.
  expect(performance.now() - startedAt).toBeLessThan(1500)
})

test('never asks twice for what must not happen twice', async () => {
  const [slow, other] = [await aService('slow', 900), await aService('other', 900)]
  const relay = aRelay()
  await relay.forward(post, these(slow, other), within(5000))
  expect(slow.calls() + other.calls()).toBe(1)
  expect(isRepeatable(Code.Post)).toBe(false)
  expect(isRepeatable(Code.Put)).toBe(true)
})

test('waits for the replacement of the only instance', async () => {
  const [hole, replacement] = [await aBlackHole(), await aService('new')]
  const upstreams = these(hole)
  const answer = aRelay().forward(get, upstreams, within(10_000))
  setTimeout(() => upstreams.become(replacement), 300)
  expect(textOf(await answer)).toBe('new')
  expect(upstreams.listeners.size).toBe(0)
})

test('waits for the first instance of a service that is starting', async () => {
  const upstreams = these()
  const answer = aRelay().forward(get, upstreams, within(10_000))
  const started = await aService('up')
  upstreams.become(started)
  expect(textOf(await answer)).toBe('up')
})

test('says that none was there, or that none was in time', async () => {
  expect((await aRelay().forward(get, these(), within(50))).kind).toBe('no-instance')
  expect((await aRelay().forward(post, these(), within(50))).kind).toBe('no-instance')
  expect((await aRelay().forward(get, these(await aBlackHole()), within(700))).kind).toBe('late')
  expect((await aRelay().forward(post, these(await aBlackHole()), within(700))).kind).toBe('late')
})

test('passes an error code on as the answer that it is', async () => {
  const a = await aService('a')
  const outcome = await aRelay().forward({ path: '/nothing', init: {} }, these(a), within(2000))
  expect(outcome.kind === 'answered' && outcome.response.code).toBe(Code.NotFound)
})
