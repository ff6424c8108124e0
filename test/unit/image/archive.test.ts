import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, unlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { archiveBytes, layersToSend, openArchive } from '../../../src/image/archive.ts'
import { ImageStore } from '../../../src/image/image-store.ts'
import type { StoredImage } from '../../../src/image/stored-image.ts'
import { until } from '../../until.ts'
import { anImage } from './an-image.ts'
import { readTar } from './read-tar.ts'

const folder = mkdtempSync(join(tmpdir(), 'shoal-archive-'))
let image: StoredImage
beforeAll(async () => {
  image = await anImage(new ImageStore({ folder }))
})
afterAll(() => rmSync(folder, { recursive: true }))

const blob = (digest = '') => `blobs/${digest.replace(':', '/')}`

describe('the archive of an image', () => {
  it('is what docker load reads, and an OCI image layout', async () => {
    const files = new Map((await readTar(openArchive(image))).map(({ name, content }) => [name, content]))
    const [runtime, service] = image.layers
    expect(JSON.parse(String(files.get('manifest.json')))).toEqual([
      {
        Config: blob(image.config.digest),
        RepoTags: ['shoal/compute:1.0.0'],
        Layers: [blob(runtime?.digest), blob(service?.digest)],
      },
    ])
    expect(JSON.parse(String(files.get('oci-layout')))).toEqual({ imageLayoutVersion: '1.0.0' })
    expect(JSON.parse(String(files.get('index.json')))).toMatchObject({
      manifests: [
        {
          digest: image.manifest.digest,
          size: image.manifest.bytes,
          platform: { os: 'linux', architecture: 'amd64' },
        },
      ],
    })
    for (const { digest, path } of [image.config, image.manifest, ...image.layers]) {
      expect(files.get(blob(digest))).toEqual(readFileSync(path))
    }
    expect(files.size).toBe(7)
  })

  it('has the length that was announced', async () => {
    const [runtime, service] = image.layers.map(({ diffId }) => diffId)
    for (const without of [[], [runtime ?? ''], [runtime ?? '', service ?? '']]) {
      expect((await buffer(openArchive(image, { without }))).length).toBe(archiveBytes(image, { without }))
    }
  })

  it('leaves out the layers at the bottom that the Engine has, and then makes no promise of an OCI layout', async () => {
    const [runtime, service] = image.layers
    const names = (await readTar(openArchive(image, { without: [runtime?.diffId ?? ''] }))).map(
      ({ name }) => name,
    )
    expect(names).toEqual(['manifest.json', blob(image.config.digest), blob(service?.digest)])
  })

  it('sends a layer that the Engine has upon another layer than here', () => {
    const [runtime, service] = image.layers.map(({ diffId }) => diffId)
    expect(layersToSend(image, [service ?? '', runtime ?? ''])).toEqual(image.layers)
    expect(layersToSend(image, ['sha256:else', service ?? ''])).toEqual(image.layers)
    expect(layersToSend(image, [runtime ?? '', 'sha256:else'])).toEqual(image.layers.slice(1))
    expect(layersToSend(image, [runtime ?? '', service ?? '', 'sha256:more'])).toEqual([])
  })

  it('fails when a layer has gone, and names the file', async () => {
    const damaged = new ImageStore({ folder: join(folder, 'damaged') })
    const broken = await anImage(damaged)
    const path = broken.layers[0]?.path ?? ''
    unlinkSync(path)
    await expect(buffer(openArchive(broken))).rejects.toThrow(path)
  })

  it('closes its files when its reader goes away', async () => {
    const archive = openArchive(image)
    archive.once('data', () => archive.destroy())
    await new Promise((resolve) => archive.once('close', resolve))
    const open = () => readdirSync('/proc/self/fd').map((fd) => linkOf(`/proc/self/fd/${fd}`))
    await until('no file of the store is open', () => open().every((path) => !path.startsWith(folder)))
  })
})

/** The file descriptor of the listing itself is gone by now. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
