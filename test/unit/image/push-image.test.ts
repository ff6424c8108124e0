// Against a registry of a few lines on loopback; what Distribution itself says to it stands in test/integration.
import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ImageStore } from '../../../src/image/image-store.ts'
import { pushImages } from '../../../src/image/push-image.ts'
import { RegistryClient } from '../../../src/image/registry-client.ts'
import { resolveImage } from '../../../src/image/resolve-image.ts'
import type { StoredImage } from '../../../src/image/stored-image.ts'
import { until } from '../../until.ts'
import { aWholeImage } from './a-whole-image.ts'

const never = new AbortController().signal

/** Blobs and manifests by path; `refuse` answers instead where it likes. */
class SmallRegistry {
  readonly blobs = new Map<string, Buffer>()
  readonly manifests = new Map<string, { type: string; bytes: Buffer }>()
  readonly requests: string[] = []
  refuse: (request: IncomingMessage, answer: ServerResponse) => boolean = () => false
  readonly #server: Server = createServer((request, answer) => void this.#serve(request, answer))

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    const address = this.#server.address()
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #serve(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { method, headers } = request
    const url = new URL(request.url ?? '', 'http://registry')
    this.requests.push(`${method} ${url.pathname}`)
    if (this.refuse(request, answer)) return
    const [, kind, name = ''] = /\/(blobs|manifests)\/([^/]+)$/.exec(url.pathname) ?? []
    if (method === 'POST')
      return void answer.writeHead(202, { location: `${url.pathname}one?_state=a%2Fb` }).end()
    if (method === 'PUT') {
      const bytes = await buffer(request).catch(() => undefined)
      if (bytes === undefined) return
      const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
      if (kind === 'manifests') this.manifests.set(name, { type: headers['content-type'] ?? '', bytes })
      else if (url.searchParams.get('digest') !== digest || url.searchParams.get('_state') !== 'a/b')
        return void answer.writeHead(400).end('{"errors":[{"message":"provided digest did not match"}]}')
      else this.blobs.set(digest, bytes)
      return void answer.writeHead(201).end()
    }
    const found = kind === 'blobs' ? this.blobs.get(name) : this.manifests.get(name)?.bytes
    const type = this.manifests.get(name)?.type ?? 'application/octet-stream'
    answer.writeHead(found === undefined ? 404 : 200, { 'content-type': type })
    answer.end(method === 'HEAD' ? undefined : found)
  }
}

let folder: string
let registry: SmallRegistry
let client: RegistryClient
let images: readonly StoredImage[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-push-'))
  registry = new SmallRegistry()
  client = new RegistryClient({ baseUrl: await registry.start() })
  const store = new ImageStore({ folder })
  images = [await aWholeImage(store, 'amd64'), await aWholeImage(store, 'arm64')]
})

afterEach(async () => {
  await registry.stop()
  await rm(folder, { recursive: true })
})

describe('pushing an image', () => {
  it('sends what the registry lacks, each layer once, and names the image at the end', async () => {
    const progress: [number, number][] = []
    const pushed = await pushImages(images, client, {
      signal: never,
      onProgress: (...each) => progress.push(each),
    })
    const uploads = registry.requests.filter((line) => line.startsWith('POST'))
    // Two configurations, two programs, and the layer that both share.
    expect(uploads).toHaveLength(5)
    expect(registry.requests.at(-1)).toBe('PUT /v2/shoal/compute/manifests/1.0.0')
    const [done, total] = progress.at(-1) ?? []
    expect(done).toBe(total)
    expect(pushed.sentBytes).toBe(total)
    expect(await resolveImage('shoal/compute:1.0.0', client, never)).toEqual({
      repository: 'shoal/compute',
      digest: pushed.digest,
      platforms: [
        { os: 'linux', architecture: 'amd64' },
        { os: 'linux', architecture: 'arm64' },
      ],
    })
  })

  it('goes on where a push was cut off', async () => {
    const [whole] = images
    if (whole === undefined) throw new Error('no image')
    let refused = 0
    registry.refuse = (request, answer) => {
      if (request.method !== 'PUT' || refused > 0) return false
      refused += 1
      answer.socket?.destroy()
      return true
    }
    await expect(pushImages([whole], client, { signal: never })).rejects.toMatchObject({
      code: 'REGISTRY_DOWN',
    })
    expect(registry.manifests.size).toBe(0)
    await pushImages([whole], client, { signal: never })
    expect([registry.blobs.size, [...registry.manifests.keys()]]).toEqual([3, ['1.0.0']])
  })

  it('sends nothing that is there', async () => {
    await pushImages(images, client, { signal: never })
    const [layer] = images[1]?.layers ?? []
    registry.blobs.delete(layer?.digest ?? '')
    registry.requests.length = 0
    const { sentBytes } = await pushImages(images, client, { signal: never })
    expect(sentBytes).toBe(layer?.compressedBytes)
    expect(registry.requests.filter((line) => line.startsWith('POST'))).toHaveLength(1)
  })

  it('ends all of it when one layer is refused, and names no image', async () => {
    const [whole] = images
    if (whole === undefined) throw new Error('no image')
    await writeFile(whole.layers[0]?.path ?? '', Buffer.alloc(whole.layers[0]?.compressedBytes ?? 0))
    await expect(pushImages([whole], client, { signal: never })).rejects.toMatchObject({
      code: 'PUSH_FAILED',
      reason: 'status 400: provided digest did not match',
    })
    expect(registry.manifests.size).toBe(0)
  })

  it('stops at a signal', async () => {
    const stopping = new AbortController()
    registry.refuse = ({ method }) => method === 'PUT'
    const pushing = pushImages(images, client, { signal: stopping.signal })
    await until('a layer to be sent', () => registry.requests.some((line) => line.startsWith('PUT')))
    stopping.abort(new Error('the user has had enough'))
    await expect(pushing).rejects.toThrow('the user has had enough')
  })
})

describe('a registry that does not want', () => {
  it.each([
    [401, '', 'PUSH_FAILED', 'the registry does not take the credentials'],
    [413, 'too much', 'PUSH_FAILED', 'status 413: too much'],
    [500, '{"errors":[{"message":"disk full"}]}', 'PUSH_FAILED', 'status 500: disk full'],
    [502, '{"error":{"reason":"it is down"}}', 'REGISTRY_DOWN', 'status 502: it is down'],
  ])('is told with its reason: %i %s', async (status, body, code, reason) => {
    registry.refuse = (_, answer) => {
      answer.writeHead(status).end(body)
      return true
    }
    await expect(client.manifest('a', '1', never)).rejects.toMatchObject({ code, reason })
  })

  it('is told as such when what it has is no image', async () => {
    registry.manifests.set('1', { type: 'application/json', bytes: Buffer.from('<html>') })
    await expect(resolveImage('a:1', client, never)).rejects.toMatchObject({
      code: 'REGISTRY_DAMAGED',
      object: 'image a:1',
    })
  })

  it('is told as such when nothing listens', async () => {
    await registry.stop()
    await expect(client.manifest('a', '1', never)).rejects.toMatchObject({ code: 'REGISTRY_DOWN' })
  })
})
