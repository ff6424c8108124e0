import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRandom } from '../../evaluation/random.ts'
import { CoapClient } from '../../src/coap/client.ts'
import { Code } from '../../src/coap/codes.ts'
import { ContentFormat } from '../../src/coap/content-format.ts'
import { Router } from '../../src/coap/router.ts'
import { CoapServer } from '../../src/coap/server.ts'
import { transmissionParameters } from '../../src/coap/transmission.ts'
import { type Fate, FaultProxy, randomFate } from '../unit/coap/fault-proxy.ts'
import { until } from '../until.ts'

// libcoap's tools are the independent peer: what they and this room agree on is CoAP, not a shared mistake.

const run = promisify(execFile)

/** Letters, so that it can be compared in a message; of a length that is no multiple of a block. */
function letters(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, at) => 97 + ((at * 7 + (at >> 8) * 3) % 26)))
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-libcoap-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe('libcoap’s client', () => {
  const stored = new Map<string, Uint8Array>()
  const calls: string[] = []
  const router = new Router()
    .add('/small', {
      attributes: { rt: 'reading', if: 'sensor' },
      get: () => ({ code: Code.Content, payload: '21.5' }),
    })
    .add('/large', { get: () => ({ code: Code.Content, payload: letters(10_000) }) })
    .add('/store', {
      attributes: { rt: 'store' },
      put: ({ payload, query }) => {
        calls.push('store')
        stored.set(query[0] ?? '', payload)
        return { code: Code.Changed }
      },
    })
    .add('/reverse', { post: ({ payload }) => ({ code: Code.Changed, payload: payload.toReversed() }) })
    .add('/slow', {
      get: async () => {
        calls.push('slow')
        await delay(2_500)
        return { code: Code.Content, payload: 'worth the wait' }
      },
    })
    .add('/json', {
      consumes: [ContentFormat.Json],
      produces: [ContentFormat.Json],
      put: ({ payload }) => ({ code: Code.Content, contentFormat: ContentFormat.Json, payload }),
    })
  const server = new CoapServer({ router })
  let base: string

  beforeAll(async () => {
    const { port } = await server.start({ port: 0, address: '127.0.0.1' })
    base = `coap://127.0.0.1:${port}`
  })
  afterAll(() => server.stop())

  /** What it got, byte by byte, and what it said of it. */
  async function ask(path: string, ...words: readonly string[]): Promise<{ body: Buffer; said: string }> {
    const output = join(folder, 'answer')
    await rm(output, { force: true })
    const { stdout, stderr } = await run('coap-client-notls', [
      '-B',
      '20',
      '-o',
      output,
      ...words,
      base + path,
    ])
    return { body: await readFile(output).catch(() => Buffer.alloc(0)), said: (stdout + stderr).trim() }
  }

  async function file(body: Uint8Array): Promise<string> {
    const path = join(folder, 'body')
    await writeFile(path, body)
    return path
  }

  it('gets a small resource', async () => {
    expect((await ask('/small')).body.toString()).toBe('21.5')
  })

  it('gets it with a non-confirmable request', async () => {
    expect((await ask('/small', '-N')).body.toString()).toBe('21.5')
  })

  it.each([[], ['-b', '1024'], ['-b', '512'], ['-b', '64'], ['-b', '16']])(
    'gets 10 KB block by block (options: %s %s)',
    async (...words) => {
      expect(Buffer.compare((await ask('/large', ...words)).body, letters(10_000))).toBe(0)
    },
  )

  it('gets 10 KB in non-confirmable blocks', async () => {
    expect(Buffer.compare((await ask('/large', '-N')).body, letters(10_000))).toBe(0)
  })

  it.each([
    [10_000, []],
    [10_240, ['-b', '1024']],
    [4_000, ['-b', '64']],
    [1_000, ['-b', '16']],
    [1_048_576, ['-b', '1024']],
  ] as const)('puts %i bytes block by block (%j), and the handler has them once', async (length, words) => {
    const body = letters(length)
    calls.length = 0
    const { said } = await ask(`/store?${length}`, '-m', 'put', '-f', await file(body), ...words)
    expect(said).toBe('')
    expect(Buffer.compare(stored.get(String(length)) ?? Buffer.alloc(0), body)).toBe(0)
    expect(calls).toEqual(['store'])
  })

  it('sends and gets 10 KB in one request', async () => {
    const { body } = await ask('/reverse', '-m', 'post', '-f', await file(letters(10_000)))
    expect(Buffer.compare(body, letters(10_000).toReversed())).toBe(0)
  })

  it('is told that 1 MiB and a byte is too much', async () => {
    const { said } = await ask('/store?toolarge', '-m', 'put', '-f', await file(letters(1_048_577)))
    expect(said).toMatch(/^4\.13/)
    expect(stored.has('toolarge')).toBe(false)
  })

  it('finds the resources, all or those that a query asks for', async () => {
    const all = (await ask('/.well-known/core')).body.toString()
    expect(all).toContain('</small>;rt="reading";if="sensor"')
    expect(all).toContain('</slow>')
    expect((await ask('/.well-known/core?rt=store')).body.toString()).toBe('</store>;rt="store"')
  })

  it.each([
    ['4.04', '/nowhere', []],
    ['4.05', '/small', ['-m', 'delete']],
    ['4.15', '/json', ['-m', 'put', '-t', '0', '-e', '[1]']],
    ['4.06', '/json', ['-m', 'put', '-t', '50', '-A', '60', '-e', '[1]']],
    ['4.02', '/small', ['-O', '2053,x']],
  ] as const)('is answered %s from %s (%j)', async (code, path, words) => {
    expect((await ask(path, ...words)).said).toMatch(new RegExp(`^${code.replace('.', '\\.')}`))
  })

  it('gets back what it put, as JSON', async () => {
    const { body } = await ask('/json', '-m', 'put', '-t', '50', '-A', '50', '-e', '[1,2]')
    expect(body.toString()).toBe('[1,2]')
  })

  it('waits for a separate response, its keep-alive pings answered meanwhile', async () => {
    calls.length = 0
    const before = server.endpoint?.counters.received ?? 0
    expect((await ask('/slow', '-K', '1')).body.toString()).toBe('worth the wait')
    expect(calls).toEqual(['slow'])
    // The request, the acknowledgement of the response, and a ping at least.
    expect((server.endpoint?.counters.received ?? 0) - before).toBeGreaterThanOrEqual(3)
  })

  it('repeats a block that was lost, and the handler has the body once', async () => {
    calls.length = 0
    const body = letters(5_000)
    await ask('/store?lost', '-m', 'put', '-f', await file(body), '-l', '2')
    expect(Buffer.compare(stored.get('lost') ?? Buffer.alloc(0), body)).toBe(0)
    expect(calls).toEqual(['store'])
  })
})

describe('libcoap’s server', () => {
  const client = new CoapClient({ parameters: transmissionParameters({ ackTimeoutMs: 100, nstart: 8 }) })
  let child: ChildProcess
  let base: string

  beforeAll(async () => {
    ;({ child, base } = await startLibcoap(client, []))
  })
  afterAll(async () => {
    await client.stop()
    await stopChild(child)
  })

  it('gives its root resource', async () => {
    const answer = await client.request(`${base}/`)
    expect(answer.code).toBe(Code.Content)
    expect(answer.text()).toContain('made with libcoap')
  })

  it('answers a non-confirmable request', async () => {
    expect((await client.request(`${base}/`, { confirmable: false })).text()).toContain('made with libcoap')
  })

  it('answers a ping', async () => {
    expect(await client.ping(base)).toBeGreaterThan(0)
  })

  it('lists its resources in link format', async () => {
    const answer = await client.request(`${base}/.well-known/core`)
    expect(answer.contentFormat).toBe(ContentFormat.LinkFormat)
    expect(answer.text()).toContain('</async>;ct=0')
    expect((await client.request(`${base}/.well-known/core?rt=ticks`)).text()).toMatch(/^<\/time>/)
  })

  it('answers 4.04, and 4.05', async () => {
    expect((await client.request(`${base}/nowhere`)).code).toBe(Code.NotFound)
    expect((await client.request(`${base}/time`, { method: Code.Post })).code).toBe(Code.MethodNotAllowed)
  })

  it('answers later, in a response of its own', async () => {
    const answer = await client.request(`${base}/async?1`)
    expect(answer.text()).toBe('done')
  })

  it.each([
    [100, 1024],
    [1_024, 1024],
    [10_000, 1024],
    [10_000, 64],
    [1_000, 16],
    [200_000, 1024],
  ] as const)('keeps %i bytes sent in blocks of %i, and gives them back', async (length, blockSize) => {
    const uri = `${base}/kept-${length}-${blockSize}`
    const put = {
      method: Code.Put,
      payload: letters(length),
      contentFormat: ContentFormat.OctetStream,
      blockSize,
    }
    expect((await client.request(uri, put)).code).toBe(Code.Created)
    const answer = await client.request(uri, { blockSize })
    expect(answer.code).toBe(Code.Content)
    expect(Buffer.compare(answer.payload, letters(length))).toBe(0)
    expect((await client.request(uri, put)).code).toBe(Code.Changed)
    expect((await client.request(uri, { method: Code.Delete })).code).toBe(Code.Deleted)
    expect((await client.request(uri)).code).toBe(Code.NotFound)
  })

  it('keeps bodies apart that come at once', async () => {
    const lengths = [3_000, 4_000, 5_000, 6_000, 7_000, 8_000]
    await Promise.all(
      lengths.map(async (length) => {
        const uri = `${base}/at-once-${length}`
        await client.request(uri, { method: Code.Put, payload: letters(length) })
        expect(Buffer.compare((await client.request(uri)).payload, letters(length))).toBe(0)
        await client.request(uri, { method: Code.Delete })
      }),
    )
  })

  it('gives 10 KB through a link that loses a fifth of all datagrams, and doubles and delays its answers', async () => {
    // PUT goes past the link, and requests are not doubled: libcoap 4.3 takes a repeated last block for a whole body, and gives
    // the same body another ETag when a GET is repeated.
    const uri = `${base}/far`
    await client.request(uri, { method: Code.Put, payload: letters(10_000) })
    const random = createRandom(1)
    const ask = randomFate({ loss: 0.2 }, random)
    const answer = randomFate({ loss: 0.2, duplication: 1, reordering: 0.3 }, random)
    const fate: Fate = (passing) => (passing.direction === 'to-server' ? ask(passing) : answer(passing))
    await using link = new FaultProxy(portOf(base), fate)
    const far = `coap://127.0.0.1:${await link.start()}/far`
    expect(Buffer.compare((await client.request(far)).payload, letters(10_000))).toBe(0)
    expect(link.counters.lost).toBeGreaterThan(0)
    expect(link.counters.doubled).toBeGreaterThan(0)
  })
})

/** With resources that come into being when they are PUT. */
async function startLibcoap(
  client: CoapClient,
  words: readonly string[],
): Promise<{ child: ChildProcess; base: string }> {
  const port = await findFreePort()
  const base = `coap://127.0.0.1:${port}`
  const child = spawn('coap-server-notls', ['-A', '127.0.0.1', '-p', String(port), '-d', '20', ...words], {
    stdio: 'ignore',
  })
  await once(child, 'spawn')
  let isUp = false
  const watch = async () => {
    while (!isUp && child.exitCode === null)
      isUp = await client.ping(base, { deadlineMs: 500 }).then(
        () => true,
        () => false,
      )
  }
  void watch()
  await until('coap-server-notls answers', () => isUp)
  return { child, base }
}

function portOf(base: string): number {
  return Number(new URL(base).port)
}

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
