import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Engine } from '../../../../src/engine/engine.ts'
import { EventLog } from '../../../../src/manager/event-log.ts'
import { JoinServer } from '../../../../src/manager/join/join-server.ts'
import { KeyFolder } from '../../../../src/manager/keys/key-folder.ts'
import { TokenMint } from '../../../../src/manager/keys/token-mint.ts'
import type { ShoalError } from '../../../../src/model/errors.ts'
import { askManager } from '../../../../src/worker/ask-manager.ts'

const nowS = 1_800_000_000
const hourMs = 3_600_000
const never = new AbortController().signal

let folder: string
let keys: KeyFolder
let others: KeyFolder
let engine: Engine
let server: JoinServer
let port: number

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-join-'))
  const open = (name: string) =>
    KeyFolder.open(join(folder, name), { names: ['127.0.0.1'], nowMs: nowS * 1000 })
  keys = await open('keys')
  others = await open('others')
  // Nothing listens there: what is asked after the token and the clock is told as an Engine that is away.
  engine = new Engine({ socketPath: join(folder, 'no.sock'), place: 'this machine' })
  server = new JoinServer({
    keys,
    engine,
    registry: {
      authority: '127.0.0.1:5000',
      authorityPem: keys.authorityPem,
      auth: { ...keys.registry, serveraddress: '127.0.0.1:5000' },
    },
    events: new EventLog(),
    address: '127.0.0.1',
    port: 0,
    coapUri: 'coap://127.0.0.1:5683',
    onLeft: () => {},
    now: () => nowS,
  })
  port = await server.start()
})
afterAll(async () => {
  await server.stop()
  engine.close()
  rmSync(folder, { recursive: true, force: true })
})

const token = (validMs = hourMs, of = keys, nowMs = nowS * 1000) => of.issueToken({ validMs, nowMs })

async function ask(path: string, body: object, { fingerprint } = keys): Promise<unknown> {
  return askManager({ host: '127.0.0.1', port, fingerprint }, path, body, never)
}

function asking(changes: object = {}): object {
  return {
    token: token(),
    nodeName: 'w1',
    architecture: 'arm64',
    engineVersion: '20.10.24',
    clockSeconds: nowS,
    ...changes,
  }
}

const refusal = async (promise: Promise<unknown>): Promise<ShoalError> =>
  promise.then(
    () => {
      throw new Error('it was not refused')
    },
    (error: ShoalError) => error,
  )

describe('the door for devices', () => {
  it('lets a good token pass to the Engine, and tells when that is away', async () => {
    expect((await refusal(ask('/join', asking()))).code).toBe('ENGINE_ABSENT')
  })

  it('refuses a token that has expired, is forged, is of another cluster, or is none', async () => {
    const forged = token().replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'))
    const codes: string[] = []
    for (const each of [token(hourMs, keys, (nowS - 7200) * 1000), forged, token(hourMs, others), 'hunter2'])
      codes.push((await refusal(ask('/join', asking({ token: each })))).code)
    expect(codes).toEqual(['TOKEN_EXPIRED', 'TOKEN_WRONG', 'TOKEN_WRONG', 'TOKEN_INVALID'])
  })

  it('refuses all older tokens once they were made void, by another process too', async () => {
    const older = token()
    await (await TokenMint.open(keys.folder)).rotate()
    expect((await refusal(ask('/join', asking({ token: older })))).code).toBe('TOKEN_WRONG')
    expect((await refusal(ask('/join', asking({ token: token() })))).code).toBe('ENGINE_ABSENT')
  })

  it.each([
    ['behind', -31 * 60, '31 min behind'],
    ['ahead', 3 * 3600, '180 min ahead'],
  ])('refuses a device whose clock is %s, and says by how much', async (_, offsetS, words) => {
    const error = await refusal(ask('/join', asking({ clockSeconds: nowS + offsetS })))
    expect(error.code).toBe('CLOCK_OFF')
    expect(error.reason).toContain(words)
    expect(error.nextStep).toContain('date')
  })

  it('lets clocks differ by what certificates bear', async () => {
    const error = await refusal(ask('/join', asking({ clockSeconds: nowS - 29 * 60 })))
    expect(error.code).toBe('ENGINE_ABSENT')
  })

  it('says no to what it does not know: paths, forms, more than 8 KiB', async () => {
    expect((await refusal(ask('/elsewhere', asking()))).code).toBe('API_NOT_FOUND')
    expect((await refusal(ask('/join', { token: token() }))).code).toBe('JOIN_FAILED')
    expect((await refusal(ask('/join', asking({ more: 1 })))).code).toBe('JOIN_FAILED')
    expect((await refusal(ask('/join', asking({ nodeName: 'x'.repeat(9000) })))).code).toBe('API_TOO_LARGE')
  })

  it('hears a goodbye from nobody but the node', async () => {
    const goodbye = { nodeId: 'abc', nodeName: 'w1', nodeSecret: keys.nodeSecret('w2') }
    expect((await refusal(ask('/leave', goodbye))).code).toBe('TOKEN_WRONG')
    expect(await ask('/leave', { ...goodbye, nodeSecret: keys.nodeSecret('w1') })).toEqual({})
  })

  it('goes on after garbage in place of TLS, and after connections that break off', async () => {
    const sockets = Array.from({ length: 10 }, (_, index) => {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => {})
      if (index % 2 === 0) socket.end(Buffer.alloc(2000, index))
      else socket.once('connect', () => socket.resetAndDestroy())
      return socket
    })
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve))))
    expect((await refusal(ask('/join', asking()))).code).toBe('ENGINE_ABSENT')
  })

  it('stops at once, a silent connection notwithstanding', async () => {
    const own = new JoinServer({
      keys,
      engine,
      registry: {
        authority: '127.0.0.1:5000',
        authorityPem: keys.authorityPem,
        auth: { ...keys.registry, serveraddress: '127.0.0.1:5000' },
      },
      events: new EventLog(),
      address: '127.0.0.1',
      port: 0,
      coapUri: 'coap://127.0.0.1:5683',
      onLeft: () => {},
    })
    const silent = connect(await own.start(), '127.0.0.1')
    silent.on('error', () => {})
    await new Promise((resolve) => silent.once('connect', resolve))
    const closed = new Promise((resolve) => silent.once('close', resolve))
    await own.stop()
    await closed
  })

  it('says when its port is taken', async () => {
    const own = new JoinServer({
      keys,
      engine,
      registry: {
        authority: '127.0.0.1:5000',
        authorityPem: keys.authorityPem,
        auth: { ...keys.registry, serveraddress: '127.0.0.1:5000' },
      },
      events: new EventLog(),
      address: '127.0.0.1',
      port,
      coapUri: 'coap://127.0.0.1:5683',
      onLeft: () => {},
    })
    const error = await refusal(own.start())
    expect([error.code, error.object]).toEqual(['PORT_TAKEN', `port ${port}/tcp`])
    await own.stop()
  })
})

describe('a device at the door', () => {
  it('gives its token to nobody but the manager that the token names', async () => {
    const error = await refusal(ask('/join', asking(), others))
    expect(error.code).toBe('MANAGER_NOT_TRUSTED')
    expect(error.nextStep).toContain('shoal manager token')
  })

  it('is not taken in by the right authority’s certificate beside another’s own', async () => {
    const seen: string[] = []
    const liar = createTlsServer(
      { key: others.server.keyPem, cert: `${others.server.certificatePem}${keys.authorityPem}` },
      (socket) => {
        socket.on('error', () => {})
        socket.on('data', (bytes: Buffer) => seen.push(bytes.toString()))
      },
    )
    await listen(liar)
    const error = await refusal(askAt(portOf(liar)))
    expect(error.code).toBe('MANAGER_NOT_TRUSTED')
    expect(seen).toEqual([])
    await close(liar)
  })

  it.each([
    ['speaks no TLS', (socket: Socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'), /does not speak TLS/],
    ['hangs up', (socket: Socket) => socket.destroy(), /ended the connection|disconnected/],
  ])('says what is wrong when what listens there %s', async (_, act, words) => {
    const program = createServer((socket) => {
      socket.on('error', () => {})
      socket.resume()
      act(socket)
    })
    await listen(program)
    const error = await refusal(askAt(portOf(program)))
    expect([error.code, error.place]).toEqual(['MANAGER_UNREACHABLE', `127.0.0.1:${portOf(program)}`])
    expect(error.reason).toMatch(words)
    await close(program)
  })

  it('says that nothing listens there', async () => {
    const gone = createServer()
    await listen(gone)
    const free = portOf(gone)
    await close(gone)
    const error = await refusal(askAt(free))
    expect(error.reason).toBe('nothing listens there')
  })

  it('ends when it is told to', async () => {
    const silent = createServer((socket) => socket.on('error', () => {}).resume())
    await listen(silent)
    const stop = new AbortController()
    const asked = askManager(
      { host: '127.0.0.1', port: portOf(silent), fingerprint: keys.fingerprint },
      '/join',
      {},
      stop.signal,
    )
    stop.abort('SIGINT')
    await expect(asked).rejects.toBe('SIGINT')
    await close(silent)
  })
})

function askAt(port: number): Promise<unknown> {
  return askManager({ host: '127.0.0.1', port, fingerprint: keys.fingerprint }, '/join', asking(), never)
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}
