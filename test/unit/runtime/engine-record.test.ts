import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readEngineRecord, readImageEnv } from '../../../src/runtime/engine-record.ts'

const id = 'a'.repeat(64)
let root: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'shoal-record-'))
})
afterEach(async () => await rm(root, { recursive: true }))

async function lay(path: string, content: unknown): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), JSON.stringify(content))
}

async function layBlob(content: unknown): Promise<string> {
  const hex = createHash('sha256').update(JSON.stringify(content)).digest('hex')
  await lay(`containerd/daemon/io.containerd.content.v1.content/blobs/sha256/${hex}`, content)
  return `sha256:${hex}`
}

const mounted = () => ({
  mounts: [{ destination: '/etc/hostname', source: join(root, 'containers', id, 'hostname') }],
})
const recordOf = (image: string) => ({ name: 'x', taskId: 'task', image, dataRoot: root })

describe('the record of a container', () => {
  it('says whose it is', async () => {
    const labels = { 'com.docker.swarm.task.id': 'bvh' }
    await lay(`containers/${id}/config.v2.json`, {
      Name: '/app.1.bvh',
      Image: 'sha256:1',
      Config: { Labels: labels },
    })
    expect(await readEngineRecord(mounted(), id)).toEqual({
      name: 'app.1.bvh',
      taskId: 'bvh',
      image: 'sha256:1',
      dataRoot: root,
    })
  })

  it('is not that of another container whose files are mounted', async () => {
    await lay(`containers/${id}/config.v2.json`, {
      Config: { Labels: { 'com.docker.swarm.task.id': 'bvh' } },
    })
    expect(await readEngineRecord(mounted(), 'b'.repeat(64))).toBeUndefined()
    expect(await readEngineRecord({}, id)).toBeUndefined()
  })

  it('is missed where there should be one', async () => {
    await expect(readEngineRecord(mounted(), id)).rejects.toThrow('cannot be read')
  })
})

describe('what an image sets', () => {
  it('is read from the Engine’s own store', async () => {
    const hex = 'c'.repeat(64)
    await lay(`image/overlay2/imagedb/content/sha256/${hex}`, { config: { Env: ['A=1'] } })
    expect(await readImageEnv(recordOf(`sha256:${hex}`))).toEqual(['A=1'])
    await lay(`image/overlay2/imagedb/content/sha256/${hex}`, { config: { Env: null } })
    expect(await readImageEnv(recordOf(`sha256:${hex}`))).toEqual([])
  })

  it('is read from containerd’s store, by configuration, manifest or index', async () => {
    const config = await layBlob({ config: { Env: ['A=1'] } })
    const manifest = await layBlob({ config: { digest: config }, layers: [] })
    const absent = `sha256:${'d'.repeat(64)}`
    const index = await layBlob({ manifests: [{ digest: manifest }, { digest: absent }] })
    for (const image of [config, manifest, index])
      expect(await readImageEnv(recordOf(image))).toEqual(['A=1'])
  })

  it('is unknown where the image cannot be read', async () => {
    const missing = `sha256:${'d'.repeat(64)}`
    const manifest = await layBlob({ config: { digest: missing } })
    for (const image of ['', 'sha256:../../x', missing, manifest])
      expect(await readImageEnv(recordOf(image))).toBeUndefined()
  })
})
