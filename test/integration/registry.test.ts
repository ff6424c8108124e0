// The manager's registry as its nodes meet it: a real Distribution, and a real Engine that pulls from it.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Engine } from '../../src/engine/engine.ts'
import { ImageStore } from '../../src/image/image-store.ts'
import { pushEngineImage } from '../../src/image/push-engine-image.ts'
import { pushImages } from '../../src/image/push-image.ts'
import { RegistryClient } from '../../src/image/registry-client.ts'
import { resolveImage } from '../../src/image/resolve-image.ts'
import { KeyFolder } from '../../src/manager/keys/key-folder.ts'
import { findPortHolder } from '../../src/manager/registry/port-holder.ts'
import { Registry, type RegistryOptions } from '../../src/manager/registry/registry.ts'
import { aWholeImage } from '../unit/image/a-whole-image.ts'
import { until } from '../until.ts'
import { importShellImage } from './shell-image.ts'
import { startThrowawayEngine, type ThrowawayEngine } from './throwaway-engine.ts'

const run = promisify(execFile)
const never = new AbortController().signal

let folder: string
let keys: KeyFolder
let port: number

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-registry-'))
  port = await freePort()
  keys = await KeyFolder.open(join(folder, 'keys'), { names: ['127.0.0.1'], nowMs: Date.now() })
})

afterAll(() => rm(folder, { recursive: true, force: true }))

function aRegistry(changes: Partial<RegistryOptions> = {}): Registry {
  return new Registry({ keys, address: '127.0.0.1', port, ...changes })
}

describe('the program of the registry', () => {
  let registry: Registry | undefined
  let other: { stop(): Promise<unknown> } | undefined

  afterEach(async () => {
    await registry?.stop()
    await other?.stop()
    other = undefined
  })

  it('starts again when it dies, and tells both', async () => {
    const news: string[] = []
    registry = aRegistry({ onChange: (state) => news.push(state) })
    await registry.start(never)
    const first = registry.pid ?? 0
    process.kill(first, 'SIGKILL')
    await until('the registry to be up again', () => news.includes('up'))
    expect(news).toEqual(['down', 'up'])
    expect(registry.state).toBe('up')
    expect(registry.pid).not.toBe(first)
    expect(await statusOf(keys.registry)).toBe(200)
  })

  it('starts again when it hangs', async () => {
    const news: string[] = []
    registry = aRegistry({ askEveryMs: 20, onChange: (state) => news.push(state) })
    await registry.start(never)
    process.kill(registry.pid ?? 0, 'SIGSTOP')
    await until('the registry to be up again', () => news.includes('up'), 20_000)
    expect(await statusOf(keys.registry)).toBe(200)
  })

  it('leaves neither process nor port when it stops, even one that hangs', async () => {
    registry = aRegistry()
    await registry.start(never)
    const pid = registry.pid ?? 0
    process.kill(pid, 'SIGSTOP')
    await registry.stop()
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
    expect(await findPortHolder(port)).toBeUndefined()
    expect(registry.state).toBe('down')
  })

  it('ends with its manager, however that ends', async () => {
    const manager = spawn(
      process.execPath,
      [fileURLToPath(new URL('registry-holder.ts', import.meta.url)), keys.folder, String(port)],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    other = { stop: () => killed(manager) }
    await once(manager.stdout, 'data')
    const pid = (await findPortHolder(port))?.process?.pid ?? 0
    await killed(manager)
    await until('the registry to end', () => !isAlive(pid))
    registry = aRegistry()
    await registry.start(never)
    expect(await statusOf(keys.registry)).toBe(200)
  })

  it('takes the place of one that a manager has left behind', async () => {
    registry = aRegistry()
    await registry.start(never)
    await registry.stop()
    const config = join(keys.folder, 'registry', 'config.yml')
    const left = spawn('docker-registry', ['serve', config], { stdio: 'ignore' })
    other = { stop: () => killed(left) }
    await waitForPort()
    await registry.start(never)
    expect(left.signalCode).toBe('SIGTERM')
    expect(await statusOf(keys.registry)).toBe(200)
  })

  it('does not touch a stranger on its port, and names it', async () => {
    const stranger = await listen(port)
    other = { stop: async () => stranger.close() }
    await expect(aRegistry().start(never)).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      reason: expect.stringMatching(
        new RegExp(`^process ${process.pid} \\(.+\\) listens on port ${port}/tcp already$`),
      ),
    })
    expect(stranger.listening).toBe(true)
  })

  it('says why the program does not start', async () => {
    const damaged = await mkdtemp(join(tmpdir(), 'shoal-registry-'))
    try {
      const broken = await KeyFolder.open(damaged, { names: ['127.0.0.1'], nowMs: Date.now() })
      await rm(join(damaged, 'server.key.pem'))
      await expect(aRegistry({ keys: broken }).start(never)).rejects.toMatchObject({
        code: 'REGISTRY_DOWN',
        reason: expect.stringContaining('server.key.pem: no such file'),
      })
      expect(await findPortHolder(port)).toBeUndefined()
    } finally {
      await rm(damaged, { recursive: true })
    }
  })

  it('goes on when the disk is full, and starts there again', async () => {
    const small = join(folder, 'small')
    await mkdir(small)
    await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small])
    try {
      const full = await KeyFolder.open(join(small, 'keys'), { names: ['127.0.0.1'], nowMs: Date.now() })
      registry = aRegistry({ keys: full })
      await registry.start(never)
      const client = new RegistryClient({
        baseUrl: `https://127.0.0.1:${port}`,
        ...full.registry,
        authorityPem: full.authorityPem,
      })
      const bytes = Buffer.alloc(2 << 20)
      const blob = {
        digest: `sha256:${'0'.repeat(64)}`,
        bytes: bytes.length,
        open: () => Readable.from([bytes]),
      }
      await expect(client.putBlob('farm/large', blob, never)).rejects.toMatchObject({
        code: 'STORAGE_FULL',
        message: `send a layer to, the registry, 127.0.0.1:${port}: its disk has no space left`,
      })
      await run('sh', ['-c', `cat /dev/zero > ${small}/rest || true`])
      await expect(client.putBlob('farm/other', blob, never)).rejects.toMatchObject({ code: 'STORAGE_FULL' })
      expect(registry.state).toBe('up')
      await registry.stop()
      await registry.start(never)
      expect(registry.state).toBe('up')
    } finally {
      await registry?.stop()
      await run('umount', [small])
    }
  })

  it('lets nobody in with another password, or with none', async () => {
    registry = aRegistry()
    await registry.start(never)
    expect(await statusOf({ username: 'shoal', password: 'guessed' })).toBe(401)
    expect(await statusOf(undefined)).toBe(401)
    const stranger = new RegistryClient({
      baseUrl: `https://127.0.0.1:${port}`,
      username: 'shoal',
      password: 'guessed',
      authorityPem: keys.authorityPem,
    })
    await expect(stranger.manifest('shoal/compute', '1.0.0', never)).rejects.toMatchObject({
      code: 'PUSH_FAILED',
      reason: 'the registry does not take the credentials',
    })
  })
})

describe('an Engine that pulls from the registry', () => {
  let engine: ThrowawayEngine
  let registry: Registry
  let own: KeyFolder
  let client: RegistryClient

  beforeAll(async () => {
    engine = await startThrowawayEngine({ network: 'bridge' })
    // The machine's end of the cable to the engine.
    const address = engine.address.replace(/\d+$/, (last) => String(Number(last) - 1))
    own = await KeyFolder.open(join(folder, 'own'), { names: [address, '127.0.0.1'], nowMs: Date.now() })
    registry = new Registry({ keys: own, address, port, storageFolder: join(folder, 'images') })
    await registry.start(never)
    client = new RegistryClient({
      baseUrl: `https://${registry.authority}`,
      ...own.registry,
      authorityPem: own.authorityPem,
    })
  })

  afterAll(async () => {
    await registry?.stop()
    await engine?.stop()
  })

  const auth = () => ({ ...own.registry, serveraddress: registry.authority })
  const pull = async (reference: string, password?: string): Promise<void> => {
    const api = new Engine({ socketPath: engine.socketPath, place: 'the engine' })
    try {
      await api.images.pull(reference, { auth: { ...auth(), ...(password ? { password } : {}) } })
    } finally {
      api.close()
    }
  }

  it('takes it only with the authority and the password, and gets the image that was pushed', async () => {
    const store = new ImageStore({ folder: join(folder, 'store') })
    const images = [await aWholeImage(store, 'amd64'), await aWholeImage(store, 'arm64')]
    const pushed = await pushImages(images, client, { signal: never })
    const reference = `${registry.authority}/${pushed.repository}@${pushed.digest}`
    await expect(pull(reference)).rejects.toThrow(/x509|certificate/)
    await run('nsenter', [
      ...['--target', String(engine.pid), '--mount', 'sh', '-c'],
      `mkdir -p /etc/docker/certs.d/${registry.authority} && cat > /etc/docker/certs.d/${registry.authority}/ca.crt <<'END'\n${own.authorityPem}END`,
    ])
    await expect(pull(reference, 'guessed')).rejects.toMatchObject({ code: 'REGISTRY_DENIED' })
    await pull(reference)
    const id = await engine.docker('image', 'inspect', '--format', '{{.Id}}', reference)
    expect(id).toBe(images[0]?.imageId)
    expect(await resolveImage('shoal/compute:1.0.0', client, never)).toEqual({
      repository: 'shoal/compute',
      digest: pushed.digest,
      platforms: [
        { os: 'linux', architecture: 'amd64' },
        { os: 'linux', architecture: 'arm64' },
      ],
    })
  })

  it('runs an image that another Engine had, under the name that it had there', async () => {
    await importShellImage(engine, 'farm/shell:3')
    const before = await engine.docker('image', 'inspect', '--format', '{{.Id}}', 'farm/shell:3')
    const api = new Engine({ socketPath: engine.socketPath, place: 'the engine' })
    const first = await pushEngineImage('farm/shell:3', api.images, client, { signal: never })
    const second = await pushEngineImage('farm/shell:3', api.images, client, { signal: never })
    expect(first.sentBytes).toBeGreaterThan(0)
    expect(second).toEqual({ ...first, sentBytes: 0 })
    await engine.docker('image', 'rm', 'farm/shell:3')
    const reference = `${registry.authority}/farm/shell:3@${first.digest}`
    await pull(reference)
    api.close()
    expect(await engine.docker('image', 'inspect', '--format', '{{.Id}}', reference)).toBe(before)
    expect(await engine.docker('run', '--rm', '--network=none', reference, '/bin/sh', '-c', 'echo up')).toBe(
      'up',
    )
  })

  it('keeps the images where it was told to', async () => {
    expect(await readdir(join(folder, 'images', 'docker', 'registry', 'v2', 'repositories'))).toEqual([
      'farm',
      'shoal',
    ])
    expect(await readFile(join(own.folder, 'registry', 'config.yml'), 'utf8')).toContain(
      join(folder, 'images'),
    )
  })
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

/** @returns the status of GET /v2/ */
async function statusOf(credentials: { username: string; password: string } | undefined): Promise<number> {
  const { request } = await import('node:https')
  const asked = request({
    ...{ host: '127.0.0.1', port, path: '/v2/', ca: keys.authorityPem, agent: false },
    ...(credentials === undefined ? {} : { auth: `${credentials.username}:${credentials.password}` }),
  })
  asked.end()
  const [answer] = await once(asked, 'response')
  answer.resume()
  return answer.statusCode
}

async function waitForPort(): Promise<void> {
  let isTaken = false
  const asking = setInterval(async () => {
    isTaken ||= (await findPortHolder(port)) !== undefined
  }, 20)
  await until('somebody to listen', () => isTaken).finally(() => clearInterval(asking))
}

function listen(at: number): Promise<Server> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(at, '127.0.0.1', () => resolve(server))
  })
}

async function freePort(): Promise<number> {
  const server = await listen(0)
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}
