// `/v2/`: a way to the manager's registry for machines that have neither its authority nor its credentials. Streams both ways.
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { Agent, request } from 'node:https'
import { pipeline } from 'node:stream/promises'
import { ShoalError } from '../../../model/errors.ts'
import type { RegistryAccess } from './parts.ts'

/** A card that flushes a large layer is this slow; a registry that is gone answers sooner. */
const silenceMs = 120_000

/** RFC 9110 §7.6.1: for one connection only. The credentials of the registry are the manager's alone. */
const notForwarded: ReadonlySet<string> = new Set([
  'authorization',
  'connection',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'www-authenticate',
])

export class RegistryProxy {
  readonly #registry: RegistryAccess
  readonly #agent: Agent

  constructor(registry: RegistryAccess) {
    this.#registry = registry
    this.#agent = new Agent({ keepAlive: true, maxSockets: 32, maxFreeSockets: 2, timeout: silenceMs })
  }

  stop(): void {
    this.#agent.destroy()
  }

  /**
   * Passes the request on and its answer back.
   * @throws ShoalError REGISTRY_DOWN while nothing of an answer has been written
   */
  async forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { authority, authorityPem, username, password } = this.#registry
    const { hostname, port } = new URL(`https://${authority}`)
    const gone = new AbortController()
    outgoing.once('close', () => gone.abort())
    const upstream = request({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? 443 : Number(port),
      method: incoming.method,
      path: incoming.url,
      headers: { ...forwarded(incoming.headers), host: authority },
      auth: `${username}:${password}`,
      ca: authorityPem,
      agent: this.#agent,
      timeout: silenceMs,
      signal: gone.signal,
    })
    upstream.on('timeout', () => upstream.destroy(new Error(`silent for ${silenceMs / 1000} s`)))
    try {
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        upstream.once('response', resolve)
        upstream.once('error', reject)
        // An answer may come before all is sent: a refusal. What is left of the body is then nobody's.
        pipeline(incoming, upstream).catch(reject)
      })
      // Ours were refused: the client has none to mend it with.
      if (answer.statusCode === 401) {
        answer.destroy()
        throw new Error('it does not take the credentials of the manager')
      }
      outgoing.writeHead(answer.statusCode ?? 502, answerHeaders(answer.headers, authority))
      await pipeline(answer, outgoing)
    } catch (error) {
      upstream.destroy()
      if (outgoing.headersSent || gone.signal.aborted) {
        outgoing.destroy()
        return
      }
      throw new ShoalError('REGISTRY_DOWN', {
        action: 'reach',
        object: 'the registry',
        place: authority,
        reason: error instanceof Error ? error.message || 'no connection' : String(error),
        nextStep: 'shoal status tells whether it is up; the manager starts it again by itself',
        cause: error,
      })
    }
  }
}

function forwarded(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !notForwarded.has(name)))
}

/** Where to go on with an upload is told as a path: the client knows the manager by an address of its own. */
function answerHeaders(headers: IncomingHttpHeaders, authority: string): OutgoingHttpHeaders {
  const { location, ...rest } = forwarded(headers)
  if (typeof location !== 'string') return rest
  const { pathname, search } = new URL(location, `https://${authority}`)
  return { ...rest, location: `${pathname}${search}` }
}
