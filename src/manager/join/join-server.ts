// Lets devices in: over TLS, against a token, and out again. Everything it gives away it has from Swarm and the key folder.

import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { Duplex } from 'node:stream'
import type { Engine } from '../../engine/engine.ts'
import { renderErrorAnswer } from '../../model/api/error.ts'
import { type ErrorCode, ShoalError } from '../../model/errors.ts'
import {
  type JoinAnswer,
  type JoinRequest,
  joinRequestSchema,
  type LeaveRequest,
  leaveRequestSchema,
} from '../../model/join-messages.ts'
import type { EventLog } from '../event-log.ts'
import type { KeyFolder } from '../keys/key-folder.ts'
import type { Registry } from '../registry/registry.ts'
import { Farewells } from './farewells.ts'
import { WrongTokens } from './wrong-tokens.ts'

export interface JoinServerOptions {
  readonly keys: KeyFolder
  readonly engine: Pick<Engine, 'swarm' | 'nodes'>
  readonly registry: Pick<Registry, 'authority' | 'authorityPem' | 'auth'>
  readonly events: EventLog
  /** At which devices reach this machine. */
  readonly address: string
  readonly port: number
  readonly coapUri: string
  readonly onLeft: (nodeId: string) => void
  /** Seconds since 1970. */
  readonly now?: () => number
}

const mostBytes = 8 * 1024
const requestLimitMs = 10_000
/** Swarm's certificates are back-dated by an hour: a clock further behind cannot use them. */
export const clockLimitS = 30 * 60

export class JoinServer {
  readonly #options: JoinServerOptions
  readonly #now: () => number
  readonly #wrong = new WrongTokens(() => performance.now())
  #server: Server | undefined
  readonly #sockets = new Set<Duplex>()
  readonly #farewells: Farewells

  constructor(options: JoinServerOptions) {
    const { engine, events, onLeft } = options
    this.#options = options
    this.#farewells = new Farewells({
      engine,
      onLeft: ({ id, name }) => {
        onLeft(id)
        events.add({ kind: 'node-left', subject: name, text: 'it said goodbye' })
      },
    })
    this.#now = options.now ?? (() => Math.floor(Date.now() / 1000))
  }

  /** Port 0 takes a free one. Throws ShoalError PORT_TAKEN. @returns the port */
  async start(): Promise<number> {
    const { keys, port } = this.#options
    const server = createServer(
      // With the authority's certificate, which is what the token names.
      {
        key: keys.server.keyPem,
        cert: `${keys.server.certificatePem}${keys.authorityPem}`,
        minVersion: 'TLSv1.2',
        handshakeTimeout: requestLimitMs,
      },
      (request, answer) => void this.#handle(request, answer),
    )
    server.requestTimeout = requestLimitMs
    server.headersTimeout = requestLimitMs
    server.maxConnections = 64
    server.on('tlsClientError', (_, socket) => socket.destroy())
    server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
    this.#server = server
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) =>
        reject(
          new ShoalError(error.code === 'EADDRINUSE' ? 'PORT_TAKEN' : 'JOIN_FAILED', {
            action: 'listen for devices',
            object: `port ${port}/tcp`,
            place: 'this machine',
            reason: error.code === 'EADDRINUSE' ? 'something listens there already' : error.message,
            nextStep: 'stop it, or give another with --join-port',
          }),
        ),
      )
      server.listen(port, resolve)
    })
    // Too many open files, for example: it goes on with those that are there.
    server.on('error', () => {})
    void this.#farewells.resume().catch(() => {})
    const bound = server.address()
    return typeof bound === 'object' && bound !== null ? bound.port : port
  }

  async stop(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (server !== undefined) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      // Those in the middle of their handshake too.
      for (const socket of this.#sockets) socket.destroy()
      await closed
    }
    await this.#farewells.stop()
  }

  async #handle(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    try {
      if (request.url !== '/join' && request.url !== '/leave') throw unknownPath(request)
      if (request.method !== 'POST') throw unknownMethod(request)
      const body = await readBody(request)
      if (request.url === '/join') send(answer, 200, await this.#join(body, request))
      else {
        this.#leave(body)
        send(answer, 202, {})
      }
    } catch (error) {
      if (!answer.headersSent) send(answer, statusOf(error), errorOf(error))
    }
  }

  async #join(body: unknown, request: IncomingMessage): Promise<JoinAnswer> {
    const { engine, keys, registry, address, coapUri, events } = this.#options
    const asked = this.#parse<JoinRequest>(joinRequestSchema, body)
    await this.#checkToken(asked, request.socket.remoteAddress ?? '')
    this.#checkClock(asked)
    const state = await engine.swarm.inspect()
    if (state === undefined) throw refused('JOIN_FAILED', 'the manager’s Engine is in no Swarm any more')
    const isMember = await this.#isMember(asked)
    if (!isMember) {
      events.add({
        kind: 'node-joined',
        subject: asked.nodeName,
        text: `${asked.architecture}, Docker ${asked.engineVersion}: let in`,
      })
    }
    const host = address.includes(':') ? `[${address}]` : address
    return {
      clusterId: state.id,
      isMember,
      swarm: { token: await engine.swarm.joinToken(), managers: [`${host}:2377`] },
      registry: {
        authority: registry.authority,
        username: registry.auth.username,
        password: registry.auth.password,
        authorityPem: registry.authorityPem,
      },
      coap: coapUri,
      nodeSecret: keys.nodeSecret(asked.nodeName),
      clockSeconds: this.#now(),
    }
  }

  async #isMember({ nodeId, nodeName }: JoinRequest): Promise<boolean> {
    if (nodeId === undefined) return false
    return (await this.#options.engine.nodes.inspect(nodeId))?.name === nodeName
  }

  async #checkToken({ token }: JoinRequest, peer: string): Promise<void> {
    if (this.#wrong.mustWait(peer))
      throw refused('TOKEN_WRONG', 'too many wrong tokens came from this address', 'wait a minute')
    // Another process may have made all older tokens void.
    await this.#options.keys.reread()
    const judgement = this.#options.keys.judgeToken(token, this.#now() * 1000)
    if (judgement === 'valid') return
    this.#wrong.add(peer)
    const takeNew = 'take a new one: shoal manager token, on the access point'
    if (judgement === 'expired') throw refused('TOKEN_EXPIRED', 'it has expired', takeNew)
    if (judgement === 'other-cluster') throw refused('TOKEN_WRONG', 'it is of another cluster', takeNew)
    throw refused('TOKEN_WRONG', 'this manager did not make it, or has made it void since', takeNew)
  }

  #checkClock({ nodeName, clockSeconds }: JoinRequest): void {
    const offset = clockSeconds - this.#now()
    if (Math.abs(offset) <= clockLimitS) return
    throw new ShoalError('CLOCK_OFF', {
      action: 'join',
      object: nodeName,
      reason: `its clock is ${Math.round(Math.abs(offset) / 60)} min ${offset > 0 ? 'ahead of' : 'behind'} the manager's, and certificates would not hold there`,
      nextStep: 'set its clock (timedatectl set-ntp true, or date -s), then join again',
    })
  }

  #leave(body: unknown): void {
    const { nodeId, nodeName, nodeSecret } = this.#parse<LeaveRequest>(leaveRequestSchema, body)
    if (!isSame(nodeSecret, this.#options.keys.nodeSecret(nodeName)))
      throw refused('TOKEN_WRONG', 'this is not the secret that the node was given')
    this.#farewells.begin(nodeId, nodeName)
  }

  #parse<T>(
    schema: { safeParse(value: unknown): { success: boolean; data?: T | undefined; error?: unknown } },
    body: unknown,
  ): T {
    const parsed = schema.safeParse(body)
    if (parsed.success && parsed.data !== undefined) return parsed.data
    throw refused(
      'JOIN_FAILED',
      'the request is not of the form that this manager knows',
      'use the same version of Shoal on both',
    )
  }
}

function isSame(given: string, own: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(own)]
  return one.length === other.length && timingSafeEqual(one, other)
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length
    if (size > mostBytes) throw tooLarge()
    pieces.push(piece)
  }
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8'))
  } catch {
    throw refused('JOIN_FAILED', 'the request is no JSON')
  }
}

function send(answer: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body)
  answer.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
  answer.end(text)
}

function refused(
  code: 'JOIN_FAILED' | 'TOKEN_WRONG' | 'TOKEN_EXPIRED',
  reason: string,
  nextStep?: string,
): ShoalError {
  const object = code === 'JOIN_FAILED' ? 'the cluster' : 'the cluster with this token'
  return new ShoalError(code, {
    action: 'join',
    object,
    reason,
    ...(nextStep === undefined ? {} : { nextStep }),
  })
}

function unknownPath({ url = '' }: IncomingMessage): ShoalError {
  return new ShoalError('API_NOT_FOUND', {
    action: 'find',
    object: url.slice(0, 64),
    reason: 'devices come in by /join and go by /leave',
  })
}

function unknownMethod({ method = '', url = '' }: IncomingMessage): ShoalError {
  return new ShoalError('API_METHOD', { action: method, object: url, reason: 'it is POST' })
}

function tooLarge(): ShoalError {
  return new ShoalError('API_TOO_LARGE', {
    action: 'read',
    object: 'the request',
    reason: `it is larger than ${mostBytes} bytes`,
  })
}

const statuses: Partial<Readonly<Record<ErrorCode, number>>> = {
  TOKEN_WRONG: 401,
  TOKEN_EXPIRED: 401,
  CLOCK_OFF: 409,
  API_NOT_FOUND: 404,
  API_METHOD: 405,
  API_TOO_LARGE: 413,
}

function statusOf(error: unknown): number {
  if (!(error instanceof ShoalError)) return 500
  const isEngine = error.code.startsWith('ENGINE') || error.code.startsWith('SWARM')
  return statuses[error.code] ?? (isEngine ? 503 : 400)
}

function errorOf(error: unknown): object {
  if (!(error instanceof ShoalError))
    return {
      error: { code: 'INTERNAL', action: 'join', object: 'the cluster', reason: 'the manager failed' },
    }
  return renderErrorAnswer(error)
}
