import { describe, expect, it } from 'vitest'
import { CoapClient } from '../../../src/coap/client.ts'
import { CoapError } from '../../../src/coap/coap-error.ts'
import { textOption } from '../../../src/coap/codec/option-value.ts'
import { Code } from '../../../src/coap/codes.ts'
import { ContentFormat } from '../../../src/coap/content-format.ts'
import { OptionNumber } from '../../../src/coap/options.ts'
import { type CoapRequest, Router } from '../../../src/coap/router.ts'
import { CoapServer } from '../../../src/coap/server.ts'
import { transmissionParameters } from '../../../src/coap/transmission.ts'
import { RawPeer } from './raw-peer.ts'

async function aServer(address = '127.0.0.1') {
  const requests: CoapRequest[] = []
  const remember = (request: CoapRequest) => {
    requests.push(request)
    return { code: Code.Content, payload: request.text() || 'light', contentFormat: ContentFormat.TextPlain }
  }
  const router = new Router()
    .add('/light', { get: remember, put: remember, post: remember })
    .add('/never', { get: () => new Promise(() => {}) })
  const server = new CoapServer({ router })
  const { port } = await server.start({ port: 0, address })
  const host = address.includes(':') ? `[${address}]` : address
  return {
    server,
    router,
    requests,
    port,
    uri: `coap://${host}:${port}`,
    [Symbol.asyncDispose]: () => server.stop(),
  }
}

function aClient(...options: ConstructorParameters<typeof CoapClient>) {
  const client = new CoapClient(...options)
  return { client, [Symbol.asyncDispose]: () => client.stop() }
}

describe('a client', () => {
  it('carries method, path, query, formats, options and body, and gives back code, body and format', async () => {
    await using at = await aServer()
    await using mine = aClient()
    const response = await mine.client.request(`${at.uri}/light?unit=lux&x`, {
      method: Code.Put,
      payload: 'größer',
      contentFormat: ContentFormat.TextPlain,
      accept: ContentFormat.TextPlain,
      options: [textOption(2052, 'elective')],
    })
    expect(at.requests).toEqual([
      expect.objectContaining({
        method: Code.Put,
        path: ['light'],
        contentFormat: 0,
        accept: 0,
        remote: expect.objectContaining({ address: '127.0.0.1' }),
      }),
    ])
    expect(at.requests[0]?.query).toEqual(['unit=lux', 'x'])
    expect(at.requests[0]?.options).toContainEqual({ number: 2052, value: Buffer.from('elective') })
    expect(response).toMatchObject({
      code: Code.Content,
      contentFormat: 0,
      remote: { address: '127.0.0.1', port: at.port },
    })
    expect(response.text()).toBe('größer')
  })

  it('resolves with an error code that the server answers', async () => {
    await using at = await aServer()
    await using mine = aClient()
    expect(await mine.client.request(`${at.uri}/dark`)).toMatchObject({ code: Code.NotFound })
  })

  it('asks non-confirmably when told so', async () => {
    await using at = await aServer()
    await using mine = aClient()
    expect((await mine.client.request(`${at.uri}/light`, { confirmable: false })).text()).toBe('light')
  })

  it('speaks IPv6', async () => {
    await using at = await aServer('::1')
    await using mine = aClient()
    const response = await mine.client.request(`${at.uri}/light`)
    expect(response).toMatchObject({ code: Code.Content, remote: { address: '::1' } })
  })

  it('reaches a server of both families by either, which sees an IPv4 client as such', async () => {
    await using at = await aServer('::')
    await using mine = aClient()
    for (const host of ['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]']) {
      await mine.client.request(`coap://${host}:${at.port}/light`)
    }
    expect(at.requests.map(({ remote }) => remote.address)).toEqual(['127.0.0.1', '::1', '127.0.0.1'])
  })

  it('resolves a name, and says it to the server in Uri-Host', async () => {
    await using at = await aServer()
    await using mine = aClient({ resolve: async (host) => (host === 'lamp.example' ? '127.0.0.1' : '::') })
    await mine.client.request(`coap://lamp.example:${at.port}/light`)
    expect(at.requests[0]?.options[0]).toEqual({
      number: OptionNumber.UriHost,
      value: Buffer.from('lamp.example'),
    })
  })

  it('measures the round trip of a ping', async () => {
    await using at = await aServer()
    await using mine = aClient()
    const roundTripMs = await mine.client.ping(at.uri)
    expect(roundTripMs).toBeGreaterThan(0)
    expect(roundTripMs).toBeLessThan(5_000)
  })

  it('keeps the bodies of many requests for one resource apart', async () => {
    await using at = await aServer()
    await using mine = aClient({ parameters: transmissionParameters({ nstart: 16 }) })
    const bodies = Array.from({ length: 40 }, (_, index) => `${index},`.repeat(200 + index * 40))
    const responses = await Promise.all(
      bodies.map((payload) => mine.client.request(`${at.uri}/light`, { method: Code.Post, payload })),
    )
    expect(responses.map((response) => response.text())).toEqual(bodies)
  })

  it('asks from the socket of a server when told so', async () => {
    await using at = await aServer()
    await using other = await aServer()
    await using mine = aClient(other.server.endpoint === undefined ? {} : { endpoint: other.server.endpoint })
    await mine.client.request(`${at.uri}/light`)
    expect(at.requests[0]?.remote.port).toBe(other.port)
  })
})

describe('a client goes on from another port', () => {
  it('before it would use a message ID twice towards one server', { timeout: 60_000 }, async () => {
    const ports: number[] = []
    const router = new Router().add('/light', {
      get: ({ remote }) => {
        if (ports.at(-1) !== remote.port) ports.push(remote.port)
        return { code: Code.Content }
      },
    })
    const server = new CoapServer({ router })
    const { port } = await server.start({ port: 0, address: '127.0.0.1' })
    await using mine = aClient({ parameters: transmissionParameters({ nstart: 32 }) })
    let left = 70_000
    const ask = async () => {
      while (left-- > 0) await mine.client.request(`coap://127.0.0.1:${port}/light`)
    }
    await Promise.all(Array.from({ length: 32 }, ask))
    await server.stop()
    expect(new Set(ports).size).toBe(2)
  })
})

describe('a request fails', () => {
  it.each<[string, string, object, string, RegExp]>([
    ['for a URI that is none', 'coap://', {}, 'bad-uri', /coap:\/\/: names no host/],
    ['for a method that is none', '', { method: 69 }, 'bad-request', /code 69 is no method/],
    [
      'for a block size that is none',
      '',
      { blockSize: 100 },
      'bad-request',
      /blockSize is 100, not 16, 32, 64/,
    ],
    ['for a deadline that is none', '', { deadlineMs: 0 }, 'bad-request', /deadlineMs is 0/],
    [
      'for a deadline without end',
      '',
      { deadlineMs: Number.POSITIVE_INFINITY },
      'bad-request',
      /deadlineMs is Infinity/,
    ],
    [
      'for an option that the client sets itself',
      '',
      { options: [{ number: OptionNumber.Block1, value: new Uint8Array(0) }] },
      'bad-request',
      /Block1 \(27\) is for the client itself to set/,
    ],
    [
      'for an option that no message can carry',
      '',
      { options: [{ number: 70_000, value: new Uint8Array(0) }] },
      'bad-request',
      /option number/,
    ],
    [
      'for more options than a datagram carries',
      '',
      { options: [{ number: 2052, value: new Uint8Array(65_507) }] },
      'bad-request',
      /do not fit in a datagram/,
    ],
  ])('%s', async (_, uri, init, kind, message) => {
    await using at = await aServer()
    await using mine = aClient()
    const promise = mine.client.request(uri || `${at.uri}/light`, init)
    await expect(promise).rejects.toMatchObject({
      name: 'CoapError',
      kind,
      message: expect.stringMatching(message),
    })
    expect((await mine.client.request(`${at.uri}/light`)).code).toBe(Code.Content)
  })

  it('when the name has no address', async () => {
    await using mine = aClient()
    await expect(mine.client.request('coap://no-such-host.invalid/')).rejects.toMatchObject({
      kind: 'unresolved',
      message: expect.stringMatching(/^no-such-host.invalid has no address \(E/),
    })
  })

  it('when the name takes longer to resolve than the deadline', async () => {
    await using mine = aClient({ resolve: () => new Promise(() => {}) })
    await expect(mine.client.request('coap://slow.example/', { deadlineMs: 30 })).rejects.toMatchObject({
      kind: 'timed-out',
      message: 'GET coap://slow.example/: no answer within 30 ms: resolving slow.example',
    })
  })

  it('when it is aborted, with the reason as cause', async () => {
    await using at = await aServer()
    await using mine = aClient()
    const controller = new AbortController()
    const promise = mine.client.request(`${at.uri}/never`, { signal: controller.signal })
    const reason = new Error('the user left')
    setTimeout(() => controller.abort(reason), 10)
    await expect(promise).rejects.toMatchObject({ kind: 'aborted', cause: reason })
  })

  it('when nobody answers before the last retransmission is given up', async () => {
    await using silent = new RawPeer()
    const port = await silent.start()
    await using mine = aClient({ parameters: transmissionParameters({ ackTimeoutMs: 10, maxRetransmit: 2 }) })
    await expect(mine.client.request(`coap://127.0.0.1:${port}/`)).rejects.toMatchObject({
      kind: 'timed-out',
      message: `127.0.0.1:${port} acknowledged none of 3 transmissions`,
    })
  })

  it('and the next may succeed: a service that starts is first not there', async () => {
    await using mine = aClient({ parameters: transmissionParameters({ ackTimeoutMs: 20, maxRetransmit: 6 }) })
    const reserved = await aServer()
    await reserved.server.stop()
    const uri = `coap://127.0.0.1:${reserved.port}/light`
    await expect(mine.client.request(uri, { deadlineMs: 50 })).rejects.toMatchObject({ kind: 'timed-out' })
    const promise = mine.client.request(uri)
    const server = new CoapServer({ router: reserved.router })
    await server.start({ port: reserved.port, address: '127.0.0.1' })
    expect((await promise).text()).toBe('light')
    await server.stop()
  })

  it('at once where there is no route', async () => {
    await using mine = aClient()
    // 255.255.255.255 needs a permission that the socket does not ask for: the system refuses the datagram.
    await expect(mine.client.request('coap://255.255.255.255/')).rejects.toMatchObject({
      kind: 'unreachable',
      cause: expect.any(Error),
    })
  })

  it('with `stopped` when the client stops, and ever after', async () => {
    await using at = await aServer()
    const client = new CoapClient()
    const promise = client.request(`${at.uri}/never`)
    const first = client.request(`${at.uri}/light`)
    const outcomes = Promise.allSettled([promise, first])
    await client.stop()
    await client.stop()
    expect(
      (await outcomes).map(
        (outcome) =>
          outcome.status === 'rejected' && outcome.reason instanceof CoapError && outcome.reason.kind,
      ),
    ).toEqual(['stopped', 'stopped'])
    await expect(client.ping(at.uri)).rejects.toMatchObject({ kind: 'stopped' })
  })
})
