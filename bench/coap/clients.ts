// The clients of this bench behind one face.
import { createSocket } from 'node:dgram'
import coap, { type IncomingMessage } from 'coap'
import { CoapClient } from '../../src/coap/client.ts'
import { Code } from '../../src/coap/codes.ts'
import { transmissionParameters } from '../../src/coap/transmission.ts'
import { SketchClient } from './sketch.ts'
import { laneCount } from './workload.ts'

export const clientKinds = ['shoal', 'sketch', 'node-coap'] as const
export type ClientKind = (typeof clientKinds)[number]

export interface Answer {
  /** 2.05 for GET, 2.01 or 2.04 for PUT. */
  readonly isSuccess: boolean
  readonly body: Uint8Array
}

/** Requests reject when no answer comes. */
export interface LoadClient {
  get(path: string): Promise<Answer>
  put(path: string, body: Uint8Array): Promise<Answer>
  stop(): Promise<void>
}

/** Longer than any good answer takes, short enough that a lost one does not end the bench. */
const deadlineMs = 5_000

export function openClient(kind: ClientKind, port: number): LoadClient {
  if (kind === 'shoal') return openShoal(port)
  return kind === 'sketch' ? openSketch(port) : openNodeCoap(port)
}

function openShoal(port: number): LoadClient {
  // All clients here may keep 32 requests under way; the RFC's default for NSTART is 1.
  const client = new CoapClient({ parameters: transmissionParameters({ nstart: laneCount }) })
  const base = `coap://127.0.0.1:${port}`
  return {
    get: async (path) => {
      const { code, payload } = await client.request(base + path, { deadlineMs })
      return { isSuccess: code === Code.Content, body: payload }
    },
    put: async (path, body) => {
      const { code, payload } = await client.request(base + path, {
        method: Code.Put,
        payload: body,
        deadlineMs,
      })
      return { isSuccess: isStored(code), body: payload }
    },
    stop: () => client.stop(),
  }
}

function openSketch(port: number): LoadClient {
  const client = new SketchClient(port)
  return {
    get: async (path) => {
      const { code, body } = await client.request(Code.Get, path)
      return { isSuccess: code === Code.Content, body }
    },
    put: async (path, sent) => {
      const { code, body } = await client.request(Code.Put, path, sent)
      return { isSuccess: isStored(code), body }
    },
    stop: async () => client.stop(),
  }
}

function isStored(code: number): boolean {
  return code === Code.Changed || code === Code.Created
}

function openNodeCoap(port: number): LoadClient {
  // With a socket of its own, or the agent opens and closes one whenever it runs out of requests.
  const socket = createSocket('udp4')
  const agent = new coap.Agent({ socket })
  const request = (method: 'GET' | 'PUT', path: string, body?: Uint8Array) =>
    new Promise<Answer>((answered, failed) => {
      const outgoing = coap.request({ hostname: '127.0.0.1', port, method, pathname: path, agent })
      const isGood = (code: string) =>
        method === 'GET' ? code === '2.05' : code === '2.01' || code === '2.04'
      outgoing.on('response', ({ code, payload }: IncomingMessage) =>
        answered({ isSuccess: isGood(code), body: payload }),
      )
      outgoing.on('timeout', failed)
      outgoing.on('error', failed)
      // It splits a body only when told so, and into what block size: exponent 6 is 1024 bytes.
      if (body !== undefined && body.length > 1024) outgoing.setOption('Block1', Buffer.of(6))
      outgoing.end(body === undefined ? undefined : Buffer.from(body))
    })
  return {
    get: (path) => request('GET', path),
    put: (path, body) => request('PUT', path, body),
    stop: () => new Promise((closed) => socket.close(() => closed())),
  }
}
