// Observation (RFC 7641) between this room and libcoap, both ways round; and a question to a group, over a real interface.
import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CoapClient } from '../../src/coap/client.ts'
import { Code } from '../../src/coap/codes.ts'
import { allCoapNodes, discoverByMulticast } from '../../src/coap/multicast.ts'
import { Router } from '../../src/coap/router.ts'
import { CoapServer } from '../../src/coap/server.ts'
import { transmissionParameters } from '../../src/coap/transmission.ts'
import { localAddresses } from '../../src/discovery/interfaces.ts'
import { until } from '../until.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

describe('libcoap’s client', () => {
  /** A resource that is set from outside, and how often it was represented. */
  async function aResource(first: string) {
    const observers = new Set<() => void>()
    const seen = { value: first, times: 0 }
    const router = new Router().add('/value', {
      get: () => {
        seen.times += 1
        return { code: Code.Content, payload: seen.value }
      },
      changes: (_, listener) => {
        observers.add(listener)
        return () => observers.delete(listener)
      },
    })
    // Given up after some hundred milliseconds rather than 93 s (RFC 7252 §4.8.2).
    const parameters = transmissionParameters({ ackTimeoutMs: 100, maxRetransmit: 2 })
    const server = new CoapServer({ router, parameters })
    const { port } = await server.start({ address: '127.0.0.1', port: 0 })
    undo.push(() => server.stop())
    return {
      uri: `coap://127.0.0.1:${port}/value`,
      observers,
      seen,
      set: (value: string) => {
        seen.value = value
        for (const observer of observers) observer()
      },
    }
  }

  /** Its output as it comes: without `stdbuf` it would come when it ends. */
  function observe(uri: string, seconds: number) {
    const words = ['-o0', 'coap-client-notls', '-s', String(seconds), '-w', '-m', 'get', uri]
    const child = spawn('stdbuf', words, { stdio: ['ignore', 'pipe', 'inherit'] })
    undo.push(() => stopChild(child))
    const output = { text: '' }
    child.stdout.on('data', (bytes) => {
      output.text += bytes
    })
    return { child, output, ended: once(child, 'close') }
  }

  it('sees each state, and takes its registration back', async () => {
    const { uri, observers, seen, set } = await aResource('one')
    const { output, ended } = observe(uri, 2)
    await until('the first', () => output.text === 'one\n')
    set('two')
    await until('two is on its way', () => seen.times === 2)
    set('three')
    await ended
    expect(output.text.trim().split('\n')).toEqual(['one', 'two', 'three'])
    expect(observers.size).toBe(0)
  })

  it('sees each state of what takes several datagrams, whole', async () => {
    const { uri, set } = await aResource('a'.repeat(3000))
    const { output, ended } = observe(uri, 2)
    await until('the first', () => output.text.replaceAll('\n', '') === 'a'.repeat(3000))
    set('b'.repeat(3000))
    await ended
    expect(output.text.replaceAll('\n', '')).toBe('a'.repeat(3000) + 'b'.repeat(3000))
  })

  it('is forgotten when it was killed and takes no notification any more', async () => {
    const { uri, observers, set } = await aResource('one')
    const { child } = observe(uri, 60)
    await until('it is registered', () => observers.size === 1)
    await stopChild(child)
    set('two')
    await until('it is given up', () => observers.size === 0)
  })
})

describe('libcoap’s server', () => {
  let client: CoapClient
  let base: string

  // A new one each time: libcoap 4.3 tells an observer of a deletion only where it has forgotten no other observer before.
  beforeEach(async () => {
    client = new CoapClient()
    undo.push(() => client.stop())
    const port = await findFreePort()
    base = `coap://127.0.0.1:${port}`
    const child = spawn('coap-server-notls', ['-A', '127.0.0.1', '-p', String(port), '-d', '20'], {
      stdio: 'ignore',
    })
    undo.push(() => stopChild(child))
    await once(child, 'spawn')
    let isUp = false
    for (let tries = 0; tries < 20 && !isUp; tries += 1)
      isUp = await client.ping(base, { deadlineMs: 500 }).then(
        () => true,
        () => false,
      )
    expect(isUp).toBe(true)
  })
  function observe(path: string) {
    const stop = new AbortController()
    const seen: string[] = []
    const ended = client.observe(base + path, {
      signal: stop.signal,
      onRepresentation: (response) => seen.push(response.text()),
    })
    undo.push(async () => {
      stop.abort()
      await ended.catch(() => {})
    })
    return { seen, stop, ended }
  }

  it('tells the time each second, until it is told that nobody listens', async () => {
    const { seen, stop, ended } = observe('/time')
    await until('three times', () => seen.length >= 3)
    expect(new Set(seen).size).toBe(seen.length)
    stop.abort()
    expect(await ended).toBe('cancelled')
    const { length } = seen
    const again = observe('/time')
    await until('two more, for another observer', () => again.seen.length >= 2)
    expect(seen.length).toBe(length)
  })

  it('tells of what others put, whole where it takes several datagrams', async () => {
    const put = (letter: string) =>
      client.request(`${base}/kept`, { method: Code.Put, payload: letter.repeat(3000) })
    await put('a')
    const { seen } = observe('/kept')
    await until('the first', () => seen.length === 1)
    await put('b')
    await until('the second', () => seen.includes('b'.repeat(3000)))
    expect(seen[0]).toBe('a'.repeat(3000))
  })

  it('ends the observation of what is deleted, with an error', async () => {
    await client.request(`${base}/short`, { method: Code.Put, payload: 'here' })
    const { seen, ended } = observe('/short')
    await until('the first', () => seen.length === 1)
    await client.request(`${base}/short`, { method: Code.Delete })
    expect(await ended).toBe('ended')
  })

  it('does not take an observer of what cannot be observed', async () => {
    const { seen, ended } = observe('/')
    expect(await ended).toBe('not-observable')
    expect(seen).toHaveLength(1)
  })
})

describe('a question to all CoAP nodes', () => {
  const interfaces = localAddresses()

  it('is answered by the server that has what it asks for', async ({ skip }) => {
    skip(interfaces.length === 0, 'this machine has no IPv4 address but loopback')
    const router = new Router().add('/', {
      attributes: { rt: 'shoal.test' },
      get: () => ({ code: Code.Content }),
    })
    const server = new CoapServer({ router })
    const multicast = { groups: [allCoapNodes], interfaces }
    const { port } = await server.start({ address: '0.0.0.0', port: 0, multicast })
    undo.push(() => server.stop())
    const stop = new AbortController()
    const asking: Promise<void>[] = []
    undo.push(async () => {
      stop.abort()
      await Promise.all(asking)
    })
    const ask = (rt: string) => {
      const answers: { readonly links: string; readonly from: string }[] = []
      asking.push(
        discoverByMulticast(
          { uri: `/.well-known/core?rt=${rt}`, interfaces, everyMs: 200, port, signal: stop.signal },
          ({ payload, remote }) => answers.push({ links: payload.toString(), from: remote.address }),
        ),
      )
      return answers
    }
    const nobody = ask('shoal.nobody')
    const found = ask('shoal.test')
    await until('an answer', () => found.length > 0)
    expect(found[0]?.links).toBe('</>;rt="shoal.test"')
    expect(interfaces).toContain(found[0]?.from)
    expect(nobody).toEqual([])
  })
})

async function findFreePort(): Promise<number> {
  const socket = createSocket('udp4')
  await new Promise<void>((bound) => socket.bind(0, '127.0.0.1', bound))
  const { port } = socket.address()
  await new Promise<void>((closed) => socket.close(() => closed()))
  return port
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}
