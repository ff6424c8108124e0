import { afterEach, describe, expect, it } from 'vitest'
import { CoapClient } from '../../../src/coap/client.ts'
import { decodeText, findOption, findUint, textOption } from '../../../src/coap/codec/option-value.ts'
import { Code } from '../../../src/coap/codes.ts'
import { OptionNumber } from '../../../src/coap/options.ts'
import { type CoapRequest, type Resource, Router } from '../../../src/coap/router.ts'
import { CoapServer, type CoapServerOptions } from '../../../src/coap/server.ts'
import { transmissionParameters } from '../../../src/coap/transmission.ts'
import { until } from '../../until.ts'

const opened: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0)) await close()
})

async function serve(resource: Resource, options: Partial<CoapServerOptions> = {}) {
  const errors: unknown[] = []
  const router = new Router().add('/light', resource)
  const server = new CoapServer({ router, onHandlerError: (error) => errors.push(error), ...options })
  const { port } = await server.start({ port: 0, address: '127.0.0.1' })
  const client = new CoapClient({ parameters: transmissionParameters({ nstart: 8 }) })
  opened.push(
    () => client.stop(),
    () => server.stop(),
  )
  return { server, client, errors, port, uri: `coap://127.0.0.1:${port}/light` }
}

const never = () => new Promise<never>(() => {})

describe('a server', () => {
  it('sends code, body, format, age, tag and options as the handler gives them', async () => {
    const { client, uri } = await serve({
      post: () => ({
        code: Code.Created,
        payload: Uint8Array.of(1, 2),
        contentFormat: 42,
        maxAge: 300,
        etag: Uint8Array.of(9),
        options: [textOption(OptionNumber.LocationPath, 'light'), textOption(OptionNumber.LocationPath, '7')],
      }),
    })
    const { code, payload, contentFormat, options } = await client.request(uri, { method: Code.Post })
    expect({ code, payload: [...payload], contentFormat }).toEqual({
      code: Code.Created,
      payload: [1, 2],
      contentFormat: 42,
    })
    expect(findUint(options, OptionNumber.MaxAge)).toBe(300)
    expect(findOption(options, OptionNumber.ETag)?.value).toEqual(Buffer.of(9))
    expect(
      options
        .filter(({ number }) => number === OptionNumber.LocationPath)
        .map(({ value }) => decodeText(value)),
    ).toEqual(['light', '7'])
  })

  it.each<[string, Resource]>([
    [
      'throws',
      {
        get: () => {
          throw new Error('secret')
        },
      },
    ],
    ['rejects', { get: () => Promise.reject(new Error('secret')) }],
    [
      'rejects later',
      {
        get: async () => {
          await new Promise((resolve) => setTimeout(resolve, 5))
          throw new Error('secret')
        },
      },
    ],
  ])(
    'answers 5.00 without detail when a handler %s, says why to its owner, and goes on',
    async (_, resource) => {
      const { client, errors, uri } = await serve({ ...resource, put: () => ({ code: Code.Changed }) })
      const response = await client.request(uri)
      expect(response.code).toBe(Code.InternalServerError)
      expect(response.text()).toBe('the handler of GET /light failed')
      expect(errors).toEqual([expect.objectContaining({ message: 'secret' })])
      expect((await client.request(uri, { method: Code.Put })).code).toBe(Code.Changed)
    },
  )

  it.each([
    ['a code of requests', { code: Code.Get }, /is no response code/],
    [
      'an option that no message can carry',
      { code: Code.Content, options: [{ number: 70_000, value: new Uint8Array(0) }] },
      /option number/,
    ],
    [
      'an answer beyond what it may keep',
      { code: Code.Content, payload: new Uint8Array(70_000) },
      /above the server's bound/,
    ],
  ])('answers 5.00 when a handler returns %s', async (_, reply, reason) => {
    const { client, errors, uri } = await serve(
      { get: () => reply, put: async () => reply },
      { limits: { responseBytes: 65_536 } },
    )
    expect((await client.request(uri)).code).toBe(Code.InternalServerError)
    expect((await client.request(uri, { method: Code.Put })).code).toBe(Code.InternalServerError)
    expect(errors).toEqual([
      expect.objectContaining({ message: expect.stringMatching(reason) }),
      expect.anything(),
    ])
  })

  it('refuses a critical option for a resource that does not honour it, by name', async () => {
    const { client, uri } = await serve({
      get: () => ({ code: Code.Content }),
      understands: [OptionNumber.IfMatch],
    })
    const ask = (number: number) => client.request(uri, { options: [{ number, value: new Uint8Array(0) }] })
    expect((await ask(OptionNumber.IfMatch)).code).toBe(Code.Content)
    const refusal = await ask(OptionNumber.IfNoneMatch)
    expect([refusal.code, refusal.text()]).toEqual([
      Code.BadOption,
      'If-None-Match (5) is critical and not understood',
    ])
  })

  it('is no proxy', async () => {
    const { client, uri } = await serve({ get: () => ({ code: Code.Content }) })
    const options = [textOption(OptionNumber.ProxyUri, 'coap://elsewhere/')]
    expect((await client.request(uri, { options })).code).toBe(Code.ProxyingNotSupported)
  })

  it('refuses a body for a resource that is not there with its first block', async () => {
    const { client, server, uri } = await serve({})
    const response = await client.request(`${uri}s`, { method: Code.Put, payload: new Uint8Array(500_000) })
    expect(response.code).toBe(Code.NotFound)
    expect(server.use?.deduplication.entries).toBe(1)
  })

  it('sends an answer in blocks as it was returned, whatever becomes of the buffer', async () => {
    const body = Buffer.alloc(5_000, 'a')
    const { client, uri } = await serve({
      get: () => {
        setImmediate(() => body.fill('b'))
        return { code: Code.Content, payload: body }
      },
    })
    expect((await client.request(uri)).text()).toBe('a'.repeat(5_000))
  })

  it('turns requests away with 5.03 and Max-Age while as many as it may hold are open, and takes them again afterwards', async () => {
    let release: (() => void) | undefined
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const { client, server, uri } = await serve(
      { get: () => gate.then(() => ({ code: Code.Content })), put: () => ({ code: Code.Changed }) },
      { limits: { openRequests: 2 } },
    )
    const held = [client.request(uri), client.request(uri)]
    await until('both are open', () => server.use?.openRequests.entries === 2)
    const refusal = await client.request(uri, { method: Code.Put })
    expect(refusal.code).toBe(Code.ServiceUnavailable)
    expect(findUint(refusal.options, OptionNumber.MaxAge)).toBe(5)
    release?.()
    expect((await Promise.all(held)).map(({ code }) => code)).toEqual([Code.Content, Code.Content])
    expect((await client.request(uri, { method: Code.Put })).code).toBe(Code.Changed)
    expect(server.use?.openRequests).toMatchObject({ entries: 0, bytes: 0 })
  })

  it('turns a request away whose body would be one too many in memory', async () => {
    const { client, server, uri } = await serve({ put: never }, { limits: { openRequestBytes: 3_000 } })
    const put = (bytes: number) =>
      client.request(uri, { method: Code.Put, payload: new Uint8Array(bytes), deadlineMs: 3_000 })
    put(2_000).catch(() => {})
    await until('the first is open', () => server.use?.openRequests.bytes === 2_000)
    expect((await put(1_001)).code).toBe(Code.ServiceUnavailable)
  })
})

describe('stop', () => {
  it('aborts the handlers that run and does not wait for them', async () => {
    const signals: AbortSignal[] = []
    const { client, server, uri } = await serve({
      get: (request: CoapRequest) => {
        signals.push(request.signal)
        return never()
      },
    })
    client.request(uri).catch(() => {})
    await until('the handler runs', () => signals.length === 1)
    expect(signals[0]?.aborted).toBe(false)
    await server.stop()
    expect(signals[0]).toMatchObject({ aborted: true, reason: expect.objectContaining({ kind: 'stopped' }) })
  })

  it('says nothing of handlers that end because they were aborted', async () => {
    let runs = false
    let ended = false
    const { client, server, errors, uri } = await serve({
      get: ({ signal }) => {
        runs = true
        return new Promise((_, reject) =>
          signal.addEventListener('abort', () => {
            ended = true
            reject(signal.reason)
          }),
        )
      },
    })
    client.request(uri).catch(() => {})
    await until('the handler runs', () => runs)
    await server.stop()
    await until('the handler ends', () => ended)
    await new Promise((resolve) => setImmediate(resolve))
    expect(errors).toEqual([])
  })

  it('drops what a handler returns afterwards, and aborts a signal that is asked for afterwards', async () => {
    let finish: (() => void) | undefined
    let late: AbortSignal | undefined
    const { client, server, errors, uri } = await serve({
      get: async (request) => {
        await new Promise<void>((resolve) => {
          finish = resolve
        })
        late = request.signal
        return { code: Code.Content, payload: new Uint8Array(5_000) }
      },
    })
    client.request(uri).catch(() => {})
    await until('the handler runs', () => finish !== undefined)
    await server.stop()
    finish?.()
    await until('the handler ends', () => late !== undefined)
    expect(late?.aborted).toBe(true)
    expect(errors).toEqual([])
  })

  it('frees the port: a server starts on it anew, the same one too', async () => {
    const { server, client, port, uri } = await serve({ get: () => ({ code: Code.Content }) })
    await server.stop()
    await server.stop()
    expect(server.use).toBeUndefined()
    await server.start({ port, address: '127.0.0.1' })
    expect((await client.request(uri)).code).toBe(Code.Content)
  })

  it('comes from the signal of start as well', async () => {
    const { server, port } = await serve({})
    await server.stop()
    const controller = new AbortController()
    await server.start({ port, address: '127.0.0.1', signal: controller.signal })
    controller.abort()
    await until('the server has stopped', () => server.use === undefined)
    const again = new CoapServer({ router: new Router() })
    await again.start({ port, address: '127.0.0.1' })
    await again.stop()
  })
})

describe('start', () => {
  it('says that the port is in use, and may be tried again', async () => {
    const { port } = await serve({})
    const second = new CoapServer({ router: new Router() })
    for (let i = 0; i < 2; i++) {
      await expect(second.start({ port, address: '127.0.0.1' })).rejects.toMatchObject({
        kind: 'not-bound',
        message: `cannot listen on udp 127.0.0.1:${port}: the port is in use`,
      })
    }
  })

  it('says that the address is none of this machine', async () => {
    await expect(
      new CoapServer({ router: new Router() }).start({ port: 0, address: '192.0.2.1' }),
    ).rejects.toMatchObject({
      kind: 'not-bound',
      message: expect.stringMatching(/cannot listen on udp 192.0.2.1:0: .*EADDRNOTAVAIL/),
    })
  })

  it('refuses to run twice', async () => {
    const { server } = await serve({})
    await expect(server.start({ port: 0 })).rejects.toMatchObject({
      kind: 'not-bound',
      message: 'the server runs already',
    })
  })

  it('does nothing when it is aborted before', async () => {
    const server = new CoapServer({ router: new Router() })
    await expect(server.start({ port: 0, signal: AbortSignal.abort() })).rejects.toMatchObject({
      kind: 'aborted',
    })
    expect(server.use).toBeUndefined()
  })

  it('gives up when it is stopped while it starts', async () => {
    const server = new CoapServer({ router: new Router() })
    const starting = server.start({ port: 0, address: '127.0.0.1' })
    const outcome = expect(starting).rejects.toMatchObject({ kind: 'stopped' })
    await server.stop()
    await outcome
  })
})
