import { spawn } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Architecture, architectureOf, architectures } from '../../../src/image/architecture.ts'
import { type BuildResult, ImageBuilder } from '../../../src/image/image-builder.ts'
import { ImageStore } from '../../../src/image/image-store.ts'
import { until } from '../../until.ts'
import { readTar } from './read-tar.ts'

/** The builder does not ask what program it packs: a small one, linked like Node, is packed in no time. */
const smallProgram = realpathSync('/bin/true')
const own: Architecture = architectureOf(process.arch) ?? 'amd64'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-builder-'))
  aNodePackage('1.0.0', smallProgram)
  aService('compute', 'console.log("compute")')
  aService('sensing', 'console.log("sensing")')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function aNodePackage(version: string, program: string): void {
  const to = join(folder, 'node_modules', architectures[own].nodePackage)
  mkdirSync(join(to, 'bin'), { recursive: true })
  writeFileSync(join(to, 'package.json'), JSON.stringify({ version }))
  copyFileSync(program, join(to, 'bin', 'node'))
}

function aService(name: string, source: string): void {
  mkdirSync(join(folder, 'services', name), { recursive: true })
  writeFileSync(join(folder, 'services', name, 'main.ts'), source)
}

interface Wishes {
  readonly service?: string
  readonly store?: string
  readonly signal?: AbortSignal
  readonly architecture?: Architecture
}

function build({
  service = 'compute',
  store = 'store',
  signal,
  architecture = own,
}: Wishes = {}): Promise<BuildResult> {
  const builder = new ImageBuilder({
    store: new ImageStore({ folder: join(folder, store) }),
    runtime: {
      nodeVersion: '1.0.0',
      nodeModules: [join(folder, 'absent'), join(folder, 'node_modules')],
      extraNodeFolder: join(folder, 'extra'),
    },
    services: join(folder, 'services'),
    root: folder,
    version: '2.0.0',
  })
  return builder.build({
    service,
    architecture,
    signal: signal ?? new AbortController().signal,
    onProgress: () => {},
  })
}

const filesIn = (path: string) => readdirSync(join(folder, path)).sort()

describe('building an image', () => {
  it('makes a runtime layer and a service layer, and says how to run them', async () => {
    const { image, isNew } = await build()
    expect(isNew).toBe(true)
    expect(image).toMatchObject({ reference: 'shoal/compute:2.0.0', architecture: own })
    const [runtime, service] = await Promise.all(
      image.layers.map(async ({ path }) => await readTar([gunzipSync(readFileSync(path))] as never)),
    )
    const names = runtime?.map(({ name }) => name)
    expect(names).toEqual(
      expect.arrayContaining(['usr/bin/node', 'etc/passwd', 'etc/group', 'tmp/', 'proc/']),
    )
    expect(names).toContain(`lib/${architectures[own].triplet}/libc.so.6`)
    expect(service?.map(({ name }) => name)).toEqual(['app/', 'app/main.cjs'])
    expect(JSON.parse(readFileSync(image.config.path, 'utf8'))).toMatchObject({
      architecture: own,
      os: 'linux',
      config: {
        User: '65532:65532',
        Entrypoint: expect.arrayContaining(['/usr/bin/node', '/app/main.cjs']),
        ExposedPorts: { '5683/udp': {} },
        Env: expect.arrayContaining(['SHOAL_COAP_PORT=5683']),
        Labels: { 'org.opencontainers.image.version': '2.0.0' },
      },
      rootfs: { diff_ids: image.layers.map(({ diffId }) => diffId) },
    })
  })

  it('gives the same bytes in another store, at another time', async () => {
    const first = await build({ store: 'one' })
    const second = await build({ store: 'two' })
    expect(second.image.manifest.digest).toBe(first.image.manifest.digest)
    expect(filesIn('two/blobs/sha256')).toEqual(filesIn('one/blobs/sha256'))
  })

  it('does nothing the second time', async () => {
    const first = await build()
    const files = filesIn('store/blobs/sha256')
    const second = await build()
    expect(second).toEqual({ ...first, isNew: false })
    expect(filesIn('store/blobs/sha256')).toEqual(files)
  })

  it('shares the runtime layer between services', async () => {
    const [compute, sensing] = [await build({ service: 'compute' }), await build({ service: 'sensing' })]
    expect(sensing.image.layers[0]).toEqual(compute.image.layers[0])
    expect(sensing.image.layers[1]?.diffId).not.toBe(compute.image.layers[1]?.diffId)
    expect((await new ImageStore({ folder: join(folder, 'store') }).list()).length).toBe(2)
  })

  it('makes a new service layer when the sources change, and keeps the runtime', async () => {
    const before = await build()
    aService('compute', 'console.log("better")')
    const after = await build()
    expect(after.isNew).toBe(true)
    expect(after.image.layers[0]).toEqual(before.image.layers[0])
    expect(after.image.imageId).not.toBe(before.image.imageId)
    expect((await new ImageStore({ folder: join(folder, 'store') }).list()).length).toBe(1)
  })

  it('makes a new runtime layer when the program changes', async () => {
    const before = await build()
    aNodePackage('1.0.0', realpathSync('/bin/false'))
    const after = await build()
    expect(after.image.layers[0]?.diffId).not.toBe(before.image.layers[0]?.diffId)
    expect(after.image.layers[1]).toEqual(before.image.layers[1])
  })

  it('mends a layer whose bytes have changed in the store', async () => {
    const { image } = await build()
    truncateSync(image.layers[0]?.path ?? '', 10)
    expect(await build()).toEqual({ image, isNew: false })
    expect(await new ImageStore({ folder: join(folder, 'store') }).find(image.reference)).toEqual(image)
  })

  it('works twice at the same time', async () => {
    const [one, two] = await Promise.all([build(), build()])
    expect(two.image).toEqual(one.image)
    expect(await new ImageStore({ folder: join(folder, 'store') }).find(one.image.reference)).toEqual(
      one.image,
    )
  })

  it('says which Node package is missing and how to get it', async () => {
    aNodePackage('0.9.0', smallProgram)
    await expect(build()).rejects.toMatchObject({
      code: 'IMAGE_RUNTIME_MISSING',
      reason: expect.stringMatching(/there is no node-linux-\w+ 1\.0\.0 in .* is 0\.9\.0/),
      nextStep: expect.stringMatching(
        /^npm install --prefix .*extra --no-save --force node-linux-\w+@1\.0\.0$/,
      ),
    })
  })

  it('does not take the binary of another architecture', async () => {
    const other = own === 'amd64' ? 'arm64' : 'amd64'
    const to = join(folder, 'node_modules', architectures[other].nodePackage)
    mkdirSync(join(to, 'bin'), { recursive: true })
    writeFileSync(join(to, 'package.json'), JSON.stringify({ version: '1.0.0' }))
    copyFileSync(smallProgram, join(to, 'bin', 'node'))
    await expect(build({ architecture: other })).rejects.toMatchObject({
      code: 'IMAGE_RUNTIME_MISSING',
      reason: expect.stringContaining(`holds no ${other} binary`),
    })
  })
})

describe('a service that runs programs beside Node', () => {
  const wishes = (programs: readonly string[]) =>
    writeFileSync(
      join(folder, 'services', 'sensing', 'programs.json'),
      JSON.stringify([{ package: 'coreutils', programs }]),
    )

  it('has them in a layer of their own, with the libraries that the runtime lacks', async () => {
    const without = await build({ service: 'compute' })
    wishes(['true', 'ls'])
    const { image } = await build({ service: 'sensing' })
    expect(image.layers.map(({ title }) => title)).toEqual([
      'Node 1.0.0 and its libraries',
      'programs of coreutils',
      'sensing 2.0.0',
    ])
    expect(image.layers[0]).toEqual(without.image.layers[0])
    const files = await readTar([gunzipSync(readFileSync(image.layers[1]?.path ?? ''))] as never)
    const names = files.map(({ name }) => name).filter((name) => !name.endsWith('/'))
    expect(names).toEqual(expect.arrayContaining(['usr/bin/ls', 'usr/bin/true']))
    // `ls` needs it, and this runtime's small program does not.
    expect(names).toContain(`lib/${architectures[own].triplet}/libselinux.so.1`)
    expect(names.filter((name) => /\/(libc\.so|ld-linux)/.test(name))).toEqual([])
    expect((await build({ service: 'sensing' })).image).toEqual(image)
  })

  it('has a new layer when the programs are others', async () => {
    wishes(['true'])
    const before = await build({ service: 'sensing' })
    wishes(['false'])
    const after = await build({ service: 'sensing' })
    expect(after.image.layers[1]?.diffId).not.toBe(before.image.layers[1]?.diffId)
    expect(after.image.layers[2]).toEqual(before.image.layers[2])
  })

  it.each([
    ['{"package": "gpiod"}'],
    ['[{"package": "gpiod"}]'],
    ['[null]'],
    ['[{"package": "-o=x", "programs": []}]'],
    ['[{"package": "gpiod", "programs": ["../../etc/shadow"]}]'],
  ])('is refused with %s for its programs', async (text) => {
    writeFileSync(join(folder, 'services', 'sensing', 'programs.json'), text)
    await expect(build({ service: 'sensing' })).rejects.toMatchObject({
      code: 'IMAGE_RUNTIME_MISSING',
      reason: 'it is no list of {"package": "NAME", "programs": ["NAME"]}',
    })
  })
})

describe('a build that is stopped', () => {
  it('leaves no image and nothing half', async () => {
    const stopping = new AbortController()
    const building = build({ signal: stopping.signal })
    await until('the build has begun to write', () => hasBegun('store'))
    stopping.abort()
    await expect(building).rejects.toThrow()
    expect(await new ImageStore({ folder: join(folder, 'store') }).list()).toEqual([])
    expect(filesIn('store/unfinished')).toEqual([])
  })

  it('by kill -9 leaves no image, and the next build makes it', async () => {
    aNodePackage('1.0.0', process.execPath)
    const script = `
      import { ImageBuilder } from ${JSON.stringify(new URL('../../../src/image/image-builder.ts', import.meta.url).href)}
      import { ImageStore } from ${JSON.stringify(new URL('../../../src/image/image-store.ts', import.meta.url).href)}
      const [folder, architecture] = process.argv.slice(1)
      const store = new ImageStore({ folder: folder + '/store' })
      const runtime = { nodeVersion: '1.0.0', nodeModules: [folder + '/node_modules'], extraNodeFolder: folder }
      const builder = new ImageBuilder({ store, runtime, services: folder + '/services', root: folder, version: '2.0.0' })
      await builder.build({ service: 'compute', architecture, signal: new AbortController().signal, onProgress() {} })
    `
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script, folder, own], {
      stdio: 'inherit',
    })
    const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)))
    await until('the child has begun to write', () => hasBegun('store'))
    child.kill('SIGKILL')
    expect(await ended).toBe('SIGKILL')
    const store = new ImageStore({ folder: join(folder, 'store') })
    expect(await store.list()).toEqual([])
    aNodePackage('1.0.0', smallProgram)
    const { image } = await build()
    expect(await store.find(image.reference)).toEqual(image)
  })
})

function hasBegun(store: string): boolean {
  try {
    return filesIn(`${store}/unfinished`).length > 0
  } catch {
    return false
  }
}
