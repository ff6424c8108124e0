import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HttpApi } from '../../../../../src/manager/api/http/http-api.ts'
import { errorAnswer } from '../../../../../src/model/api/error.ts'
import { until } from '../../../../until.ts'
import { type AManager, compose, startManager, withManager } from './a-manager.ts'
import { exchangeRaw, openRaw } from './raw-http.ts'

let manager: AManager

beforeAll(async () => {
  manager = await startManager()
})

afterAll(async () => {
  await manager.stop()
})

async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const answer = await fetch(`${manager.url}${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, text }
}

async function refusal(...request: Parameters<typeof ask>) {
  const { status, headers, text } = await ask(...request)
  const { error } = errorAnswer.parse(JSON.parse(text))
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
  return { status, headers, ...error }
}

describe('requests that are wrong', () => {
  it('are told every problem with its path, and the nearest known key', async () => {
    const { status, code, reason, place } = await refusal('POST', '/api/v1/apps', {
      compose: 7,
      fileName: 'compose.yaml',
      dryrun: true,
      environment: { GOOD: 'x', BAD: 1 },
    })
    expect({ status, code, place }).toEqual({
      status: 400,
      code: 'API_REQUEST_INVALID',
      place: 'POST /api/v1/apps',
    })
    expect(reason).toBe(
      [
        '3 problems',
        '  body.compose: expected string, received number',
        '  body.environment.BAD: expected string, received number',
        '  body: unknown key "dryrun"; did you mean "dryRun"?',
      ].join('\n'),
    )
  })

  it('say so when the body is missing, is no JSON, or is cut off', async () => {
    expect(await refusal('POST', '/api/v1/activations')).toMatchObject({
      status: 400,
      code: 'API_REQUEST_INVALID',
      reason: '1 problem\n  body: it is missing: expected JSON',
    })
    for (const body of ['{"name":', '{"name":"a"} and more', '']) {
      expect(await refusal('POST', '/api/v1/activations', body)).toMatchObject({
        status: 400,
        code: 'API_REQUEST_INVALID',
      })
    }
  })

  it('cannot reach into prototypes', async () => {
    expect(
      await refusal('POST', '/api/v1/activations', '{"name":"garden","__proto__":{"polluted":1}}'),
    ).toMatchObject({ status: 400, code: 'API_REQUEST_INVALID' })
  })

  it('refuse a query that the route does not know', async () => {
    expect(await refusal('GET', '/api/v1/nodes?state=ready')).toMatchObject({
      status: 400,
      reason: '1 problem\n  query: unknown key "state"; this route takes no query',
    })
    expect(await refusal('GET', '/api/v1/services?aplication=garden')).toMatchObject({
      status: 400,
      reason: '1 problem\n  query: unknown key "aplication"; did you mean "application"?',
    })
  })

  it('refuse numbers that are none, or out of range', async () => {
    expect(await refusal('GET', '/api/v1/events?since=yesterday')).toMatchObject({ status: 400 })
    expect(await refusal('GET', '/api/v1/services/garden/climate/logs?tail=-1')).toMatchObject({
      status: 400,
    })
    expect(await refusal('PATCH', '/api/v1/services/garden/climate', { active: 1.5 })).toMatchObject({
      status: 400,
    })
  })

  it('get 415 for another media type, with or without a body that is JSON', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])
      expect(
        await refusal('POST', '/api/v1/activations', '{"name":"garden"}', { 'content-type': type }),
      ).toMatchObject({ status: 415, code: 'API_MEDIA_TYPE' })
  })

  it('get 413 for more than 1 MiB, and the connection still serves', async () => {
    const body = { compose: 'x'.repeat(1024 * 1024), fileName: 'compose.yaml' }
    expect(await refusal('POST', '/api/v1/apps', body)).toMatchObject({ status: 413, code: 'API_TOO_LARGE' })
    expect((await ask('GET', '/api/v1/status')).status).toBe(200)
  })

  it('get 405 with the methods that the path takes', async () => {
    const wrong = await refusal('POST', '/api/v1/nodes')
    expect(wrong).toMatchObject({ status: 405, code: 'API_METHOD' })
    expect(wrong.headers.get('allow')).toBe('GET, HEAD')
    const item = await refusal('POST', '/api/v1/catalogue/garden')
    expect(item.headers.get('allow')).toBe('GET, HEAD, PUT, DELETE')
    expect((await refusal('OPTIONS', '/api/v1/apps')).headers.get('allow')).toBe('GET, HEAD, POST')
    expect((await refusal('DELETE', '/metrics')).headers.get('allow')).toBe('GET, HEAD')
    expect((await refusal('OPTIONS', '/v2/')).headers.get('allow')).toBe(
      'GET, HEAD, POST, PUT, PATCH, DELETE',
    )
  })

  it('get 404 where there is nothing, whatever the method', async () => {
    for (const path of ['/', '/api', '/api/v2/nodes', '/api/v1/nodes/', '/api/v1/apps/a/b', '/etc/passwd'])
      expect(await refusal('GET', path)).toMatchObject({ status: 404, code: 'API_NOT_FOUND' })
    expect(await refusal('PUT', '/nothing')).toMatchObject({ status: 404 })
  })

  it('get 400 for a path that is not well-formed', async () => {
    const answer = await exchangeRaw(
      manager.port,
      'GET /api/v1/apps/%ZZ HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
    )
    expect(answer).toMatch(/^HTTP\/1.1 400 /)
    expect(answer).toContain('"code":"API_REQUEST_INVALID"')
  })

  it('tell nothing to other origins: there is no CORS', async () => {
    const { status, headers } = await ask('GET', '/api/v1/status', undefined, {
      origin: 'http://evil.example',
    })
    expect(status).toBe(200)
    expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
    const preflight = await ask('OPTIONS', '/api/v1/apps', undefined, {
      origin: 'http://evil.example',
      'access-control-request-method': 'POST',
    })
    expect(preflight.status).toBe(405)
  })

  it('change nothing when a page of somebody else sends them', async () => {
    const remove = (headers: Record<string, string>) =>
      ask('DELETE', '/api/v1/activations/garden', undefined, headers)
    const before = manager.calls.length
    for (const origin of ['http://evil.example', 'null', `http://127.0.0.1:1`]) {
      const { status, text } = await remove({ origin })
      expect({ origin, status }).toEqual({ origin, status: 403 })
      expect(text).toContain('"code":"API_FOREIGN_PAGE"')
    }
    expect(
      (await ask('POST', '/v2/a/blobs/uploads/', undefined, { origin: 'http://evil.example' })).status,
    ).toBe(403)
    expect(manager.calls.length).toBe(before)
    expect((await remove({ origin: manager.url })).status).toBe(204)
  })

  it('answer bytes that are no HTTP in the form of every other error', async () => {
    const answer = await exchangeRaw(manager.port, 'this is no HTTP\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1.1 400 /)
    expect(errorAnswer.parse(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).error.reason).toBe(
      'it is no HTTP',
    )
  })

  it('get 431 for headers beyond all measure', async () => {
    const answer = await exchangeRaw(
      manager.port,
      `GET / HTTP/1.1\r\nhost: a\r\nx-long: ${'a'.repeat(20_000)}\r\n\r\n`,
    )
    expect(answer).toMatch(/^HTTP\/1.1 431 /)
    expect(answer).toContain('"code":"API_TOO_LARGE"')
  })

  it('hide what is a bug of the manager from the client, and tell its log', async () => {
    const broken = {
      snapshot: () => manager.parts.view.snapshot(),
      refresh: () => Promise.reject(new Error('secret')),
    }
    await withManager(
      async ({ url, bugs }) => {
        const answer = await fetch(`${url}/api/v1/services/garden/nothing`)
        const text = await answer.text()
        expect(answer.status).toBe(500)
        expect(errorAnswer.parse(JSON.parse(text)).error.code).toBe('INTERNAL')
        expect(text).not.toContain('secret')
        expect(bugs).toEqual([new Error('secret')])
      },
      { view: broken },
    )
  })
})

describe('clients that are slow', () => {
  it('lose the connection when the headers do not come', async () => {
    await withManager(
      async ({ port, url }) => {
        const slow = openRaw(port, 'GET /api/v1/status HTTP/1.1\r\nhost: a\r\nx-a: ')
        await slow.closed
        expect(slow.text()).toMatch(/^HTTP\/1.1 408 /)
        expect((await fetch(`${url}/api/v1/status`)).status).toBe(200)
      },
      {},
      { headersMs: 200 },
    )
  })

  it('are told 408 when a body does not come, while others are served', async () => {
    await withManager(
      async ({ port, url }) => {
        const head = 'POST /api/v1/activations HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n'
        const slow = openRaw(port, `${head}content-length: 100\r\n\r\n{"name":`)
        expect((await fetch(`${url}/api/v1/status`)).status).toBe(200)
        await slow.closed
        expect(slow.text()).toMatch(/^HTTP\/1.1 408 /)
        expect(slow.text()).toContain('its body did not come within 0.2 s')
      },
      {},
      { bodyMs: 200 },
    )
  })

  it('never have more connections than the limit', async () => {
    await withManager(
      async ({ port }) => {
        const held = [1, 2].map(() => openRaw(port, 'GET /api/v1/events HTTP/1.1\r\n'))
        const third = openRaw(port, 'GET /api/v1/status HTTP/1.1\r\nhost: a\r\n\r\n')
        await third.closed
        expect(third.text()).toBe('')
        for (const { socket } of held) socket.destroy()
      },
      {},
      { connections: 2 },
    )
  })
})

describe('clients that go away', () => {
  it('are no bug of the manager, and end what only they waited for', async () => {
    let isGone = false
    const waits = {
      activate: (_: string, { signal }: { signal: AbortSignal }) =>
        new Promise<never>((_resolve, reject) =>
          signal.addEventListener('abort', () => {
            isGone = true
            reject(signal.reason)
          }),
        ),
      deactivate: async () => {},
    }
    await withManager(
      async ({ url, port, bugs }) => {
        const body = '{"name":"garden"}'
        const head = 'POST /api/v1/activations HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n'
        const client = openRaw(port, `${head}content-length: ${body.length}\r\n\r\n${body}`)
        await fetch(`${url}/api/v1/status`)
        client.socket.destroy()
        await until('the activation to be given up', () => isGone)
        expect((await fetch(`${url}/api/v1/status`)).status).toBe(200)
        expect(bugs).toEqual([])
      },
      { activator: waits },
    )
  })

  it('are told when it is the manager that goes', async () => {
    let isAsked = false
    const refresh = ({ signal }: { signal: AbortSignal }) => {
      isAsked = true
      return new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    }
    let answered: Promise<Response> | undefined
    await withManager(
      async ({ url }) => {
        answered = fetch(`${url}/api/v1/services/garden/nothing`)
        await until('the question', () => isAsked)
      },
      { view: { snapshot: () => manager.parts.view.snapshot(), refresh } },
    )
    const answer = await answered
    expect(answer?.status).toBe(503)
    expect(errorAnswer.parse(await answer?.json()).error.reason).toBe('the manager is being stopped')
  })
})

describe('the port', () => {
  it('is named when something holds it', async () => {
    const second = new HttpApi({ parts: manager.parts, port: manager.port, address: '127.0.0.1' })
    await expect(second.start()).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      object: `port ${manager.port}/tcp`,
    })
    expect((await ask('GET', '/api/v1/status')).status).toBe(200)
  })

  it('is open on every address where none is named, and closed after the stop', async () => {
    const api = new HttpApi({ parts: manager.parts, port: 0 })
    const { port } = await api.start()
    expect((await fetch(`http://127.0.0.1:${port}/api/v1/status`)).status).toBe(200)
    await api.stop()
    await expect(fetch(`http://127.0.0.1:${port}/api/v1/status`)).rejects.toThrow()
    await api.stop()
  })
})

describe('HEAD', () => {
  it('has the headers of GET and no body', async () => {
    const head = await ask('HEAD', '/api/v1/nodes')
    expect(head).toMatchObject({ status: 200, text: '' })
    expect(head.headers.get('content-type')).toBe('application/json; charset=utf-8')
  })

  it('does not open a stream', async () => {
    const head = await ask('HEAD', '/api/v1/events', undefined, { accept: 'text/event-stream' })
    expect(head).toMatchObject({ status: 200, text: '' })
    expect(head.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  })
})

describe('a Compose file that is wrong', () => {
  it('is refused with every problem and its place in the file', async () => {
    const { status, code, reason, place } = await refusal('POST', '/api/v1/apps', {
      compose: `${compose}    imagee: x\n    privileged: 7\n`,
      fileName: '/home/ada/garden/compose.yaml',
    })
    expect({ status, code, place }).toEqual({
      status: 422,
      code: 'COMPOSE_INVALID',
      place: '/home/ada/garden/compose.yaml',
    })
    expect(reason).toMatch(/^2 problems\n\s+6:5 .*imagee.*\n\s+7:\d+ /)
  })
})
