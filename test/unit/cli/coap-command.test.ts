// `shoal coap` against Shoal's own server on loopback.
import { afterEach, describe, expect, it } from 'vitest'
import type { Io } from '../../../src/cli/io.ts'
import { productCommands } from '../../../src/cli/main.ts'
import { run } from '../../../src/cli/run.ts'
import { Code } from '../../../src/coap/codes.ts'
import { type CoapReply, Router } from '../../../src/coap/router.ts'
import { CoapServer } from '../../../src/coap/server.ts'
import { until } from '../../until.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

/** `/value` can be observed and is set from outside, `/plain` cannot. */
async function aThermometer() {
  let reply: CoapReply = { code: Code.Content, contentFormat: 0, payload: '21' }
  const observers = new Set<() => void>()
  const router = new Router()
    .add('/value', {
      get: () => reply,
      changes: (_, listener) => {
        observers.add(listener)
        return () => observers.delete(listener)
      },
    })
    .add('/plain', { get: () => reply })
  const server = new CoapServer({ router })
  const { port } = await server.start({ address: '127.0.0.1', port: 0 })
  undo.push(() => server.stop())
  return {
    uri: `coap://127.0.0.1:${port}`,
    observers,
    set: (next: CoapReply) => {
      reply = next
      for (const observer of observers) observer()
    },
  }
}

function start(...argv: readonly string[]) {
  const written = { out: '', err: '' }
  const stop = new AbortController()
  const io: Io = {
    out: (text) => {
      written.out += text
    },
    err: (text) => {
      written.err += text
    },
    isTerminal: false,
    env: {},
    signal: stop.signal,
  }
  const ended = run(productCommands, ['coap', ...argv], io, '1.2.3')
  undo.push(async () => {
    stop.abort()
    await ended
  })
  return { written, stop, ended }
}

describe('shoal coap get', () => {
  it('prints the answer', async () => {
    const { uri } = await aThermometer()
    const { written, ended } = start('get', `${uri}/value`)
    expect([await ended, written.out, written.err]).toEqual([0, '21\n', ''])
  })

  it('prints it as JSON, and says why it was refused', async () => {
    const { uri } = await aThermometer()
    const { written, ended } = start('get', '--json', `${uri}/nowhere`)
    expect(await ended).toBe(1)
    expect(JSON.parse(written.out)).toMatchObject({ code: '4.04', payload: expect.any(String) })
    expect(written.err).toContain('COAP_REFUSED')
    expect(written.err).toContain('the server answered 4.04, no resource /nowhere')
  })
})

describe('shoal coap observe', () => {
  it('prints the resource whenever it changes, and takes its registration back when it is stopped', async () => {
    const thermometer = await aThermometer()
    const { written, stop, ended } = start('observe', `${thermometer.uri}/value`)
    await until('the first', () => written.out === '21\n')
    thermometer.set({ code: Code.Content, payload: '22\n' })
    await until('the second', () => written.out === '21\n22\n')
    expect(thermometer.observers.size).toBe(1)
    stop.abort()
    expect([await ended, written.err]).toEqual([0, ''])
    expect(thermometer.observers.size).toBe(0)
  })

  it('prints them as JSON, one a line', async () => {
    const thermometer = await aThermometer()
    const { written, stop, ended } = start('observe', '--json', `${thermometer.uri}/value`)
    await until('the first', () => written.out !== '')
    thermometer.set({ code: Code.Content, contentFormat: 50, payload: '22' })
    await until('the second', () => written.out.split('\n').length === 3)
    stop.abort()
    await ended
    const lines = written.out.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { code: '2.05', contentFormat: 0, elapsedMs: expect.any(Number), payload: btoa('21') },
      { code: '2.05', contentFormat: 50, elapsedMs: expect.any(Number), payload: btoa('22') },
    ])
  })

  it('fails when the server ends it, and says why', async () => {
    const thermometer = await aThermometer()
    const { written, ended } = start('observe', `${thermometer.uri}/value`)
    await until('the first', () => written.out === '21\n')
    thermometer.set({ code: Code.NotFound, payload: 'the sensor was unplugged' })
    expect(await ended).toBe(1)
    expect(written.out).toBe('21\n')
    expect(written.err).toContain('the server answered 4.04, the sensor was unplugged')
  })

  it('prints once what cannot be observed, and says so', async () => {
    const { uri } = await aThermometer()
    const { written, ended } = start('observe', `${uri}/plain`)
    expect(await ended).toBe(1)
    expect(written.out).toBe('21\n')
    expect(written.err).toContain('does not tell of changes of this resource')
    expect(written.err).toContain(`shoal coap get ${uri}/plain`)
  })

  it('fails where nobody answers in time', async () => {
    const { written, ended } = start('observe', '--deadline', '0.2', 'coap://127.0.0.1:9/value')
    expect(await ended).toBe(1)
    expect(written.err).toContain('COAP_FAILED')
  })
})
