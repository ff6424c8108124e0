import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PushLocalOptions, pushLocalImages } from '../../src/cli/push-local-images.ts'
import { Engine } from '../../src/engine/engine.ts'
import { ImageStore } from '../../src/image/image-store.ts'
import { manifestTypes, RegistryClient } from '../../src/image/registry-client.ts'
import { resolveImage } from '../../src/image/resolve-image.ts'
import { KeyFolder } from '../../src/manager/keys/key-folder.ts'
import { Registry } from '../../src/manager/registry/registry.ts'
import { freePort } from '../free-port.ts'
import { type AManager, startManager } from '../unit/manager/api/http/a-manager.ts'
import { importShellImage } from './shell-image.ts'
import { startThrowawayEngine, type ThrowawayEngine } from './throwaway-engine.ts'

const never = new AbortController().signal

let folder: string
let docker: ThrowawayEngine
let engine: Engine
let registry: Registry
let manager: AManager
let client: RegistryClient

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-push-test-'))
  docker = await startThrowawayEngine()
  engine = new Engine({ socketPath: docker.socketPath, place: 'the test' })
  await importShellImage(docker, 'garden/shell:1')
  const keys = await KeyFolder.open(join(folder, 'keys'), { names: ['127.0.0.1'], nowMs: Date.now() })
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
  engine?.close()
  await docker?.stop()
  await rm(folder, { recursive: true, force: true })
})

function push(references: readonly string[], changes: Partial<PushLocalOptions> = {}) {
  return pushLocalImages(
    references,
    { store: new ImageStore({ folder: join(folder, 'images') }), engineSocket: docker.socketPath },
    {
      managerUrl: manager.url,
      signal: never,
      dryRun: false,
      onStart: () => {},
      onProgress: () => {},
      onWarning: () => {},
      ...changes,
    },
  )
}

describe('images of this machine’s Engine', () => {
  it('are only named in a dry run', async () => {
    expect(await push(['garden/shell:1'], { dryRun: true })).toHaveLength(1)
    expect(await client.manifest('garden/shell', '1', never)).toBeUndefined()
  })

  it('reach the registry whole, through the manager, and are the same image there', async () => {
    const started: string[] = []
    const progress: number[] = []
    const sent = await push(['garden/shell:1'], {
      onStart: (reference) => started.push(reference),
      onProgress: (_, done, total) => progress.push(done / total),
    })
    const image = await engine.images.inspect('garden/shell:1')
    expect(sent).toEqual([
      {
        reference: 'garden/shell:1',
        from: 'Docker Engine of this machine',
        architectures: [image?.architecture],
      },
    ])
    expect(started).toEqual(['garden/shell:1'])
    expect(progress.at(-1)).toBe(1)
    const resolved = await resolveImage('garden/shell:1', client, never)
    expect(resolved?.platforms).toEqual([{ os: 'linux', architecture: image?.architecture }])

    const manifest = await client.manifest('garden/shell', '1', never)
    const { config, layers } = JSON.parse(manifest?.bytes.toString() ?? '') as {
      config: { digest: string }
      layers: { digest: string; size: number }[]
    }
    // The id of an image is the digest of its configuration.
    expect(config.digest).toBe(image?.id)
    expect(layers).toHaveLength(image?.layers.length ?? -1)
    for (const [index, { digest }] of layers.entries()) {
      const answer = await fetch(`${manager.url}/v2/garden/shell/blobs/${digest}`)
      const bytes = Buffer.from(await answer.arrayBuffer())
      expect(digestOf(bytes)).toBe(digest)
      expect(digestOf(gunzipSync(bytes))).toBe(image?.layers[index])
    }
  })

  it('are not sent again while they are the same, and are when they have changed', async () => {
    expect(await push(['garden/shell:1', 'garden/shell:1'])).toEqual([])
    await docker.docker('tag', 'garden/shell:1', 'garden/old:1')
    await importShellImage(docker, 'garden/shell:1')
    expect(await push(['garden/shell:1'])).toHaveLength(1)
    const manifest = await client.manifest('garden/shell', '1', never)
    const { config } = JSON.parse(manifest?.bytes.toString() ?? '') as { config: { digest: string } }
    expect(config.digest).toBe((await engine.images.inspect('garden/shell:1'))?.id)
  })

  it('with two layers, one of which is in another image too, are taken apart right', async () => {
    const { id } = await engine.containers.create('layered', {
      Image: 'garden/shell:1',
      Cmd: ['/bin/sh', '-c', 'echo more > /more'],
    })
    await engine.containers.start(id, 'layered')
    await docker.docker('wait', 'layered')
    await docker.docker('commit', 'layered', 'garden/layered:1')
    await engine.containers.remove(id, 'layered')
    expect(await push(['garden/layered:1'])).toHaveLength(1)
    const image = await engine.images.inspect('garden/layered:1')
    expect(image?.layers).toHaveLength(2)
    const manifest = await client.manifest('garden/layered', '1', never)
    const { layers } = JSON.parse(manifest?.bytes.toString() ?? '') as { layers: { digest: string }[] }
    expect(layers).toHaveLength(2)
  })

  it('are left to the manager where this machine does not have them, or has no Engine', async () => {
    expect(await push(['garden/unknown:1', `garden/shell@sha256:${'0'.repeat(64)}`])).toEqual([])
    const store = new ImageStore({ folder: join(folder, 'images') })
    const nowhere = { store, engineSocket: join(folder, 'none.sock') }
    const options = {
      ...{ managerUrl: manager.url, signal: never, dryRun: false },
      ...{ onStart: () => {}, onProgress: () => {}, onWarning: () => {} },
    }
    expect(await pushLocalImages(['garden/shell:1'], nowhere, options)).toEqual([])
  })
})

describe('images of the image store', () => {
  const store = () => new ImageStore({ folder: join(folder, 'images') })

  it('are sent for every architecture under one name, and not again', async () => {
    await putImage(store(), 'amd64', 'one')
    await putImage(store(), 'arm64', 'one')
    expect(await push(['garden/built:1'])).toEqual([
      { reference: 'garden/built:1', from: 'image store', architectures: ['amd64', 'arm64'] },
    ])
    const resolved = await resolveImage('garden/built:1', client, never)
    expect(resolved?.platforms.map(({ architecture }) => architecture)).toEqual(['amd64', 'arm64'])
    expect(await push(['garden/built:1'])).toEqual([])
  })

  it('are sent anew when one was built anew', async () => {
    const before = await resolveImage('garden/built:1', client, never)
    await putImage(store(), 'amd64', 'two')
    expect(await push(['garden/built:1'])).toHaveLength(1)
    expect((await resolveImage('garden/built:1', client, never))?.digest).not.toBe(before?.digest)
  })

  it('come with a warning when the registry has an architecture that they have not', async () => {
    const other = new ImageStore({ folder: join(folder, 'other-images') })
    await putImage(other, 'amd64', 'three')
    const warnings: string[] = []
    await pushLocalImages(
      ['garden/built:1'],
      { store: other, engineSocket: docker.socketPath },
      {
        ...{ managerUrl: manager.url, signal: never, dryRun: true },
        ...{ onStart: () => {}, onProgress: () => {}, onWarning: (text) => warnings.push(text) },
      },
    )
    expect(warnings).toEqual([
      'garden/built:1: the registry has it for arm64 too, and what is sent now is for amd64 only; shoal image build --arch builds the others',
    ])
  })
})

/** `garden/built:1` with one layer, as a builder would write it. */
async function putImage(store: ImageStore, architecture: 'amd64' | 'arm64', text: string): Promise<void> {
  const write = (bytes: Buffer) => store.blobs.write([bytes], [], never)
  const tar = Buffer.alloc(1024, text)
  const layer = await write(gzipSync(tar))
  const rootfs = { type: 'layers', diff_ids: [digestOf(tar)] }
  const config = await write(Buffer.from(JSON.stringify({ os: 'linux', architecture, rootfs })))
  const manifest = await write(
    Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: manifestTypes.ociImage,
        config: {
          mediaType: 'application/vnd.oci.image.config.v1+json',
          digest: config.digest,
          size: config.bytes,
        },
        layers: [
          {
            mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
            digest: layer.digest,
            size: layer.bytes,
          },
        ],
      }),
    ),
  )
  await store.put({
    reference: 'garden/built:1',
    architecture,
    imageId: config.digest,
    config,
    manifest,
    layers: [
      {
        diffId: digestOf(tar),
        digest: layer.digest,
        path: layer.path,
        compressedBytes: layer.bytes,
        uncompressedBytes: tar.length,
        inputs: text,
        title: text,
      },
    ],
  })
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}
