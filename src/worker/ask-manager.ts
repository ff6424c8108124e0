// Speaks with the door of a manager: over TLS, and only once its certificate has proved that it is the one that is meant.
import { createHash, X509Certificate } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { connect, type TLSSocket } from 'node:tls'
import { type ErrorCode, errorTable, ShoalError } from '../model/errors.ts'
import { errorAnswerSchema } from '../model/join-messages.ts'

export interface Door {
  readonly host: string
  readonly port: number
  /** SHA-256 of the certificate of the cluster's authority, base64url. */
  readonly fingerprint: string
}

const connectLimitMs = 8000
const answerLimitMs = 20_000
const mostBytes = 64 * 1024

/**
 * POSTs JSON and gives the JSON of the answer.
 * @throws ShoalError MANAGER_UNREACHABLE, MANAGER_NOT_TRUSTED, or what the manager refused it with
 */
export async function askManager(
  door: Door,
  path: string,
  body: object,
  signal: AbortSignal,
): Promise<unknown> {
  const socket = await open(door, signal)
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(answerLimitMs)])
  try {
    const text = JSON.stringify(body)
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const outgoing = requestHttps({
        method: 'POST',
        path,
        createConnection: () => socket,
        headers: {
          host: 'shoal-manager',
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(text),
        },
        signal: inTime,
      })
      outgoing.once('response', resolve)
      outgoing.once('error', reject)
      outgoing.end(text)
    })
    const answered = await readJson(answer)
    if ((answer.statusCode ?? 0) < 300) return answered
    throw refusal(answered, door)
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof ShoalError) throw error
    throw unreachable(door, inTime.aborted ? late(answerLimitMs) : error)
  } finally {
    socket.destroy()
  }
}

/** Names and validity of the certificate play no part: boards have no clock, and addresses change. The chain does. */
async function open(door: Door, signal: AbortSignal): Promise<TLSSocket> {
  const { host, port, fingerprint } = door
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(connectLimitMs)])
  const socket = connect({ host, port, rejectUnauthorized: false, servername: '', minVersion: 'TLSv1.2' })
  const stop = (): void => void socket.destroy(late(connectLimitMs))
  inTime.addEventListener('abort', stop, { once: true })
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve)
      socket.once('error', reject)
      if (inTime.aborted) stop()
    })
  } catch (error) {
    signal.throwIfAborted()
    throw unreachable(door, error)
  } finally {
    inTime.removeEventListener('abort', stop)
  }
  if (!isTrusted(socket, fingerprint)) {
    socket.destroy()
    throw new ShoalError('MANAGER_NOT_TRUSTED', {
      action: 'trust',
      object: `the manager at ${host}`,
      reason:
        'its certificate is not of the authority that the token names: it is another cluster, or somebody in between',
      nextStep:
        'take a token from this manager (shoal manager token), or name the right one: shoal worker join coap://ADDRESS --token …',
    })
  }
  socket.on('error', () => {})
  return socket
}

/** Whether the chain that was shown holds the authority, and the manager's certificate is signed by it. */
function isTrusted(socket: TLSSocket, fingerprint: string): boolean {
  const chain = chainOf(socket)
  const [leaf] = chain
  if (leaf === undefined) return false
  const authority = chain.find(
    (shown) => createHash('sha256').update(shown.raw).digest('base64url') === fingerprint,
  )
  return authority?.ca === true && isSignedBy(leaf, authority)
}

/** A key of another kind than the signature's makes OpenSSL throw. */
function isSignedBy(leaf: X509Certificate, authority: X509Certificate): boolean {
  try {
    return leaf.verify(authority.publicKey)
  } catch {
    return false
  }
}

/** The manager's own certificate first. Asked for in this way only: `getPeerX509Certificate` before it leaves nothing to see. */
function chainOf(socket: TLSSocket): readonly X509Certificate[] {
  const chain: X509Certificate[] = []
  let next = socket.getPeerCertificate(true)
  for (let depth = 0; depth < 5 && next?.raw !== undefined; depth += 1) {
    chain.push(new X509Certificate(next.raw))
    const { issuerCertificate } = next
    if (issuerCertificate === undefined || issuerCertificate.raw === next.raw) break
    next = issuerCertificate
  }
  return chain
}

async function readJson(answer: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of answer as AsyncIterable<Buffer>) {
    size += piece.length
    if (size > mostBytes) throw new Error('the answer is too large')
    pieces.push(piece)
  }
  return JSON.parse(Buffer.concat(pieces).toString('utf8')) as unknown
}

function refusal(answered: unknown, door: Door): ShoalError {
  const parsed = errorAnswerSchema.safeParse(answered)
  if (!parsed.success) return unreachable(door, new Error('it does not speak as a manager of Shoal does'))
  const { code, action, object, place, reason, nextStep } = parsed.data.error
  const known: ErrorCode = Object.hasOwn(errorTable, code) ? (code as ErrorCode) : 'JOIN_FAILED'
  return new ShoalError(known, {
    action,
    object,
    reason,
    place: place ?? `the manager at ${door.host}`,
    ...(nextStep === undefined ? {} : { nextStep }),
  })
}

function unreachable({ host, port }: Door, cause: unknown): ShoalError {
  return new ShoalError('MANAGER_UNREACHABLE', {
    action: 'reach',
    object: 'the manager',
    place: `${host}:${port}`,
    reason: reasonOf(cause),
    nextStep: 'see that `shoal manager start` runs there and that this device reaches it: ping it',
    cause,
  })
}

/** What the system says, in words. */
const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it: this device has no route',
  ETIMEDOUT: 'it does not answer',
  ECONNRESET: 'it ended the connection',
  ENOTFOUND: 'the name leads to no address',
  EAI_AGAIN: 'the name cannot be resolved: no name server answers',
  ERR_SSL_WRONG_VERSION_NUMBER: 'what listens there does not speak TLS',
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  const code = 'code' in cause ? String(cause.code) : ''
  return reasons[code] ?? cause.message
}

function late(limitMs: number): Error {
  return new Error(`no answer within ${limitMs / 1000} s`)
}
