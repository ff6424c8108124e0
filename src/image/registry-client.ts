// A registry that speaks the Distribution API, as far as pushing and looking up images needs it.
import { createHash } from 'node:crypto'
import type { IncomingMessage, RequestOptions } from 'node:http'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ShoalError } from '../model/errors.ts'

export interface RegistryAddress {
  /** `https://10.77.0.1:5000`, or the manager's HTTP port, which passes `/v2/` on: `http://10.77.0.1:8480`. */
  readonly baseUrl: string
  readonly username?: string
  readonly password?: string
  /** Certificate of the authority that the registry's is under. */
  readonly authorityPem?: string
}

export interface Manifest {
  readonly mediaType: string
  readonly bytes: Buffer
  /** `sha256:HEX` */
  readonly digest: string
}

const silenceMs = 60_000
const mostManifestBytes = 4 * 1024 * 1024

export const manifestTypes = Object.freeze({
  list: 'application/vnd.docker.distribution.manifest.list.v2+json',
  image: 'application/vnd.docker.distribution.manifest.v2+json',
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociImage: 'application/vnd.oci.image.manifest.v1+json',
} as const)

export class RegistryClient {
  readonly #address: RegistryAddress

  constructor(address: RegistryAddress) {
    this.#address = address
  }

  /** Whether the repository has the blob. */
  async hasBlob(repository: string, digest: string, signal: AbortSignal): Promise<boolean> {
    const answer = await this.#send({ method: 'HEAD', path: `/v2/${repository}/blobs/${digest}` }, signal)
    answer.resume()
    return answer.statusCode === 200
  }

  /** In one piece; a blob that is there already is not sent again by the caller. */
  async putBlob(
    repository: string,
    blob: { readonly digest: string; readonly bytes: number; readonly open: () => Readable },
    signal: AbortSignal,
  ): Promise<void> {
    const path = `/v2/${repository}/blobs/uploads/`
    const begun = await this.#send({ method: 'POST', path }, signal)
    const answered = await readAll(begun)
    const location = begun.headers.location
    if (begun.statusCode !== 202 || location === undefined)
      throw this.#refused('begin to send a layer to', begun, answered)
    const target = new URL(location, this.#address.baseUrl)
    target.searchParams.set('digest', blob.digest)
    const ended = await this.#send(
      {
        method: 'PUT',
        path: `${target.pathname}${target.search}`,
        headers: { 'content-type': 'application/octet-stream', 'content-length': String(blob.bytes) },
        body: blob.open(),
      },
      signal,
    )
    const text = await readAll(ended)
    if (ended.statusCode !== 201) throw this.#refused('send a layer to', ended, text)
  }

  /** @param name a tag or a digest. @returns undefined where there is none of that name */
  async manifest(repository: string, name: string, signal: AbortSignal): Promise<Manifest | undefined> {
    const answer = await this.#send(
      {
        method: 'GET',
        path: `/v2/${repository}/manifests/${name}`,
        headers: { accept: Object.values(manifestTypes).join(', ') },
      },
      signal,
    )
    const bytes = await readAll(answer)
    if (answer.statusCode === 404) return undefined
    if (answer.statusCode !== 200) throw this.#refused('look up an image in', answer, bytes)
    return {
      mediaType: answer.headers['content-type'] ?? manifestTypes.image,
      bytes,
      digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
    }
  }

  async putManifest(
    repository: string,
    name: string,
    { mediaType, bytes }: Pick<Manifest, 'mediaType' | 'bytes'>,
    signal: AbortSignal,
  ): Promise<void> {
    const answer = await this.#send(
      {
        method: 'PUT',
        path: `/v2/${repository}/manifests/${name}`,
        headers: { 'content-type': mediaType, 'content-length': String(bytes.length) },
        body: bytes,
      },
      signal,
    )
    const text = await readAll(answer)
    if (answer.statusCode !== 201) throw this.#refused('name an image in', answer, text)
  }

  /** Of a config or another small blob. */
  async blob(repository: string, digest: string, signal: AbortSignal): Promise<Buffer | undefined> {
    const answer = await this.#send({ method: 'GET', path: `/v2/${repository}/blobs/${digest}` }, signal)
    const bytes = await readAll(answer)
    return answer.statusCode === 200 ? bytes : undefined
  }

  async #send(
    what: {
      readonly method: string
      readonly path: string
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: Readable | Buffer
    },
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const { baseUrl, username, password, authorityPem } = this.#address
    const url = new URL(what.path, baseUrl)
    const options: RequestOptions = {
      method: what.method,
      signal,
      timeout: silenceMs,
      headers: { ...what.headers },
      ...(username === undefined ? {} : { auth: `${username}:${password ?? ''}` }),
    }
    const outgoing =
      url.protocol === 'https:'
        ? requestHttps(url, { ...options, ...(authorityPem === undefined ? {} : { ca: authorityPem }) })
        : requestHttp(url, options)
    outgoing.on('timeout', () => outgoing.destroy(new Error(`silent for ${silenceMs / 1000} s`)))
    try {
      return await new Promise<IncomingMessage>((resolve, reject) => {
        outgoing.once('response', resolve)
        outgoing.once('error', reject)
        if (what.body === undefined || what.body instanceof Buffer) outgoing.end(what.body)
        else pipeline(what.body, outgoing).catch(reject)
      })
    } catch (error) {
      signal.throwIfAborted()
      throw new ShoalError('REGISTRY_DOWN', {
        action: 'reach',
        object: 'the registry',
        place: url.host,
        reason: error instanceof Error ? error.message || 'no connection' : String(error),
        nextStep: 'shoal status tells whether the manager and its registry are up',
        cause: error,
      })
    }
  }

  #refused(action: string, answer: IncomingMessage, body: Buffer): ShoalError {
    const status = answer.statusCode ?? 0
    const isDown = status === 502 || status === 503
    const place = new URL(this.#address.baseUrl).host
    if (isDiskFull(body)) {
      return new ShoalError('STORAGE_FULL', {
        action,
        object: 'the registry',
        place,
        reason: 'its disk has no space left',
        nextStep:
          'make room on the machine of the manager, or start it with --registry-storage on a larger disk',
      })
    }
    const reason =
      status === 401 ? 'the registry does not take the credentials' : `status ${status}: ${messageOf(body)}`
    return new ShoalError(isDown ? 'REGISTRY_DOWN' : 'PUSH_FAILED', {
      action,
      object: 'the registry',
      place,
      reason,
    })
  }
}

async function readAll(answer: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of answer as AsyncIterable<Buffer>) {
    size += piece.length
    if (size > mostManifestBytes) throw new Error('an answer of the registry is too large')
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/** Distribution calls it an unknown error, and has the cause in the detail: in words, or as a number of errno(3). */
function isDiskFull(body: Buffer): boolean {
  return /no space left on device|"Err":28\b/.test(body.toString('utf8'))
}

/** `{"errors":[{"code":"…","message":"…"}]}`, or an error of the manager's in between. */
function messageOf(body: Buffer): string {
  const text = body.toString('utf8')
  try {
    const { errors, error } = JSON.parse(text) as {
      errors?: { message?: string }[]
      error?: { reason?: string }
    }
    return errors?.[0]?.message ?? error?.reason ?? text.slice(0, 300)
  } catch {
    return text.slice(0, 300) || 'no reason given'
  }
}
