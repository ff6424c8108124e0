import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RegistryClient } from '../../src/image/registry-client.ts'
import { KeyFolder } from '../../src/manager/keys/key-folder.ts'
import { Registry } from '../../src/manager/registry/registry.ts'
import { errorAnswer } from '../../src/model/api/error.ts'
import { freePort } from '../free-port.ts'
import { type AManager, startManager } from '../unit/manager/api/http/a-manager.ts'
import { until } from '../until.ts'

const mebibyte = 1 << 20
const never = new AbortController().signal

let folder: string
let registry: Registry
let manager: AManager
let client: RegistryClient

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-registry-'))
  const keys = await KeyFolder.open(folder, { names: ['127.0.0.1'], nowMs: Date.now() })
  registry = new Registry({ keys, address: '127.0.0.1', port: await freePort() })
  await registry.start(never)
  manager = await startManager({
    registry: { authority: registry.authority, authorityPem: registry.authorityPem, ...keys.registry },
  })
  client = new RegistryClient({ baseUrl: manager.url })
})

afterAll(async () => {
  await manager?.stop()
  await registry?.stop()
  await rm(folder, { recursive: true, force: true })
})

describe('the way to the registry through the manager', () => {
  it('takes a layer and gives it back, for a client with neither authority nor credentials', async () => {
    const bytes = Buffer.from('a layer')
    const digest = digestOf(bytes)
    expect(await client.hasBlob('garden/climate', digest, never)).toBe(false)
    await client.putBlob(
      'garden/climate',
      { digest, bytes: bytes.length, open: () => Readable.from([bytes]) },
      never,
    )
    expect(await client.hasBlob('garden/climate', digest, never)).toBe(true)
    expect(await client.blob('garden/climate', digest, never)).toEqual(bytes)
  })

  it('tells a client to go on at a path, since it knows the manager by an address of its own', async () => {
    const answer = await fetch(`${manager.url}/v2/garden/climate/blobs/uploads/`, { method: 'POST' })
    expect(answer.status).toBe(202)
    expect(answer.headers.get('location')).toMatch(
      /^\/v2\/garden\/climate\/blobs\/uploads\/[0-9a-f-]+\?_state=/,
    )
  })

  it('passes on what the registry refuses, as the registry says it', async () => {
    const answer = await fetch(`${manager.url}/v2/garden/climate/manifests/9.9`)
    expect(answer.status).toBe(404)
    expect(await answer.json()).toMatchObject({ errors: [{ code: 'MANIFEST_UNKNOWN' }] })
    expect(answer.headers.get('docker-distribution-api-version')).toBe('registry/2.0')
  })

  it('lets a client send no credentials of its own, and shows none', async () => {
    const answer = await fetch(`${manager.url}/v2/`, {
      headers: { authorization: 'Basic bm9ib2R5Om5vYm9keQ==' },
    })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('www-authenticate')).toBeNull()
  })

  it('takes 300 MiB in memory that stays flat', async () => {
    const piece = Buffer.alloc(mebibyte, 'shoal')
    const pieces = 300
    const hash = createHash('sha256')
    for (let each = 0; each < pieces; each++) hash.update(piece)
    const digest = `sha256:${hash.digest('hex')}`
    let mostBytes = 0
    const sampler = setInterval(() => {
      mostBytes = Math.max(mostBytes, process.memoryUsage().arrayBuffers)
    }, 5)
    const before = process.memoryUsage().arrayBuffers
    try {
      const open = () =>
        Readable.from(
          (function* () {
            for (let each = 0; each < pieces; each++) yield piece
          })(),
        )
      await client.putBlob('garden/large', { digest, bytes: pieces * mebibyte, open }, never)
    } finally {
      clearInterval(sampler)
    }
    expect(await client.hasBlob('garden/large', digest, never)).toBe(true)
    // V8 lets go of some 64 MiB of spent buffers at a time.
    expect(mostBytes - before).toBeLessThan(128 * mebibyte)
  })

  it('forgets an upload whose client goes away, and goes on', async () => {
    const begun = await fetch(`${manager.url}/v2/garden/cut/blobs/uploads/`, { method: 'POST' })
    const cut = request(`${manager.url}${begun.headers.get('location')}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/octet-stream', 'content-length': String(mebibyte) },
    })
    cut.on('error', () => {})
    await new Promise<void>((resolve) => cut.write(Buffer.alloc(1024), () => resolve()))
    cut.destroy()
    expect((await fetch(`${manager.url}/v2/`)).status).toBe(200)
    expect(manager.bugs).toEqual([])
  })

  it('says that the registry is down while it is, and works again when it is up', async () => {
    await registry.stop()
    for (const method of ['GET', 'POST']) {
      const answer = await fetch(`${manager.url}/v2/garden/climate/blobs/uploads/`, { method })
      expect(answer.status).toBe(502)
      expect(errorAnswer.parse(await answer.json()).error).toMatchObject({
        code: 'REGISTRY_DOWN',
        place: registry.authority,
      })
    }
    await expect(client.hasBlob('garden/climate', digestOf(Buffer.from('')), never)).resolves.toBe(false)
    await registry.start(never)
    expect((await fetch(`${manager.url}/v2/`)).status).toBe(200)
  })

  it('says so when the registry does not take the manager for itself', async () => {
    const other = await startManager({
      registry: {
        authority: registry.authority,
        authorityPem: registry.authorityPem,
        username: 'a',
        password: 'b',
      },
    })
    try {
      const answer = await fetch(`${other.url}/v2/`)
      expect(answer.status).toBe(502)
      expect(errorAnswer.parse(await answer.json()).error.reason).toBe(
        'it does not take the credentials of the manager',
      )
    } finally {
      await other.stop()
    }
  })

  it('does not trust another registry at the same address', async () => {
    const foreign = await mkdtemp(join(tmpdir(), 'shoal-registry-'))
    const { authorityPem } = await KeyFolder.open(foreign, { names: ['127.0.0.1'], nowMs: Date.now() })
    const other = await startManager({
      registry: { authority: registry.authority, authorityPem, username: 'a', password: 'b' },
    })
    try {
      const answer = await fetch(`${other.url}/v2/`)
      expect(answer.status).toBe(502)
      expect(errorAnswer.parse(await answer.json()).error.reason).toMatch(/certificate/)
    } finally {
      await other.stop()
      await rm(foreign, { recursive: true, force: true })
    }
  })
})

describe('a registry that dies while it is written to', () => {
  it('ends the upload', async () => {
    const begun = await fetch(`${manager.url}/v2/garden/dies/blobs/uploads/`, { method: 'POST' })
    const outcome = new Promise<number | string>((resolve) => {
      const upload = request(
        `${manager.url}${begun.headers.get('location')}`,
        { method: 'PATCH', headers: { 'content-length': String(100 * mebibyte) } },
        (answer) => {
          answer.resume()
          resolve(answer.statusCode ?? 0)
        },
      )
      upload.on('error', (error) => resolve(error.message))
      upload.write(Buffer.alloc(mebibyte))
    })
    await registry.stop()
    let ended: number | string | undefined
    void outcome.then((result) => {
      ended = result
    })
    await until('the upload to end', () => ended !== undefined)
    expect(ended).not.toBe(202)
  })
})

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}
