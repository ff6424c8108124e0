import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { productCommands } from '../../src/cli/main.ts'
import { run } from '../../src/cli/run.ts'
import { ImageStore } from '../../src/image/image-store.ts'
import { KeyFolder } from '../../src/manager/keys/key-folder.ts'
import { Registry } from '../../src/manager/registry/registry.ts'
import { freePort } from '../free-port.ts'
import { aWholeImage } from '../unit/image/a-whole-image.ts'
import { type AManager, startManager } from '../unit/manager/api/http/a-manager.ts'

const never = new AbortController().signal

let folder: string
let registry: Registry
let manager: AManager

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-image-push-'))
  const keys = await KeyFolder.open(join(folder, 'keys'), { names: ['127.0.0.1'], nowMs: Date.now() })
  registry = new Registry({ keys, address: '127.0.0.1', port: await freePort() })
  await registry.start(never)
  manager = await startManager({
    registry: { authority: registry.authority, authorityPem: registry.authorityPem, ...keys.registry },
  })
  const store = new ImageStore({ folder: join(folder, 'images') })
  for (const architecture of ['amd64', 'arm64'] as const)
    await store.put(await aWholeImage(store, architecture))
})

afterAll(async () => {
  await manager?.stop()
  await registry?.stop()
  await rm(folder, { recursive: true, force: true })
})

async function push(...argv: string[]) {
  const written = { out: '', err: '' }
  const exitCode = await run(
    productCommands,
    ['image', 'push', '--manager', manager.url, ...argv],
    {
      out: (text) => {
        written.out += text
      },
      err: (text) => {
        written.err += text
      },
      isTerminal: false,
      env: {
        SHOAL_IMAGES: join(folder, 'images'),
        DOCKER_HOST: `unix://${join(folder, 'no engine here')}`,
      },
      signal: never,
    },
    '0.0.0',
  )
  return { exitCode, ...written }
}

it('brings an image of two architectures to the cluster under one name, once', async () => {
  const first = await push('shoal/compute:1.0.0')
  expect(first.exitCode).toBe(0)
  expect(first.out).toMatch(
    /^shoal\/compute:1\.0\.0 sent \(linux\/amd64, linux\/arm64\): shoal\/compute@sha256:[0-9a-f]{64}\n$/,
  )
  expect(first.err).toContain('shoal/compute:1.0.0: send to the registry of the manager\n')
  const again = await push('shoal/compute:1.0.0', '--json')
  expect(JSON.parse(again.out)).toEqual({
    manager: manager.url,
    images: [
      {
        reference: 'shoal/compute:1.0.0',
        state: 'there already',
        repository: 'shoal/compute',
        digest: /sha256:\S+/.exec(first.out)?.[0],
        platforms: [
          { os: 'linux', architecture: 'amd64' },
          { os: 'linux', architecture: 'arm64' },
        ],
      },
    ],
  })
})

it('says where it looked for an image that this machine does not have', async () => {
  const { exitCode, err } = await push('shoal/compute:9')
  expect(exitCode).toBe(1)
  expect(err).toBe(
    `error[IMAGE_UNKNOWN]: push, image shoal/compute:9: it is neither in the image store ${join(folder, 'images')}, ` +
      'which has shoal/compute:1.0.0, nor in the Docker Engine of this machine\n' +
      '  next: name it as shoal image ls or docker image ls does; shoal image build NAME builds one of Shoal’s own\n',
  )
})

it('does not take for an image what is none', async () => {
  const { exitCode, err } = await push('Not An Image')
  expect(exitCode).toBe(1)
  expect(err).toContain('error[IMAGE_UNKNOWN]: read, the image name Not An Image')
})

it('says so when the registry is down', async () => {
  await registry.stop()
  const { exitCode, err } = await push('shoal/compute:1.0.0')
  expect(exitCode).toBe(1)
  expect(err).toContain('error[REGISTRY_DOWN]')
  await registry.start(never)
})
