import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Engine } from '../../src/engine/engine.ts'
import { until } from '../until.ts'
import { importShellImage } from './shell-image.ts'
import { startThrowawayEngine, type ThrowawayEngine } from './throwaway-engine.ts'

let docker: ThrowawayEngine
let engine: Engine
let archive: Buffer
beforeAll(async () => {
  docker = await startThrowawayEngine()
  engine = new Engine({ socketPath: docker.socketPath, place: 'the test' })
  await importShellImage(docker, 'shell:1')
  archive = await engine.images.save('shell:1', buffer)
})
afterAll(async () => {
  engine?.close()
  await docker?.stop()
})

/** What an interrupted load could leave: temporary files of the daemon. */
async function temporaryFiles(): Promise<string[]> {
  return readdir(join(dirname(docker.socketPath), 'data', 'tmp')).catch(() => [])
}

describe('the images of a real Engine', () => {
  it('are read as an archive and come back from it the same', async () => {
    const before = await engine.images.inspect('shell:1')
    await engine.images.remove('shell:1')
    expect(await engine.images.inspect('shell:1')).toBeUndefined()
    await engine.images.load(
      'shell:1',
      Readable.from([archive.subarray(0, 100_000), archive.subarray(100_000)]),
    )
    expect(await engine.images.inspect('shell:1')).toEqual(before)
  })

  it('take another name, and lose it', async () => {
    const { id } = (await engine.images.inspect('shell:1')) ?? { id: '' }
    await engine.images.tag(id, 'other:2')
    expect((await engine.images.inspect('other:2'))?.id).toBe(id)
    await engine.images.remove('other:2')
    expect((await engine.images.inspect('shell:1'))?.id).toBe(id)
  })

  it('stay when a container uses them', async () => {
    const { id } = await engine.containers.create('user', { Image: 'shell:1', Cmd: ['/bin/sh'] })
    await engine.images.remove((await engine.images.inspect('shell:1'))?.id ?? '')
    expect(await engine.images.inspect('shell:1')).toBeDefined()
    await engine.containers.remove(id, 'user')
  })

  it('are not made of what is no archive', async () => {
    const loaded = engine.images.load('broken:1', Readable.from([Buffer.alloc(1 << 20, 7)]))
    await expect(loaded).rejects.toMatchObject({ code: 'ENGINE_REFUSED', object: 'image broken:1' })
  })

  it('are not made of half an archive, and nothing of it stays', async () => {
    await engine.images.remove('shell:1')
    const loaded = engine.images.load('shell:1', Readable.from([archive.subarray(0, archive.length >> 1)]))
    await expect(loaded).rejects.toMatchObject({ code: 'ENGINE_REFUSED' })
    expect(await docker.docker('images', '--all', '--quiet')).toBe('')
    expect(await temporaryFiles()).toEqual([])
    await engine.images.load('shell:1', Readable.from([archive]))
  })

  it('leave nothing when their sending is stopped', async () => {
    await engine.images.remove('shell:1')
    const stop = new AbortController()
    const endless = new PassThrough()
    endless.write(archive.subarray(0, archive.length >> 1))
    const loaded = engine.images.load('shell:1', endless, { signal: stop.signal })
    stop.abort()
    await expect(loaded).rejects.toMatchObject({ code: 'INTERRUPTED' })
    let left = ['?']
    const look = setInterval(async () => {
      left = await temporaryFiles()
    }, 20)
    await until('no temporary files', () => left.length === 0).finally(() => clearInterval(look))
    expect(await engine.images.inspect('shell:1')).toBeUndefined()
    await engine.images.load('shell:1', Readable.from([archive]))
  })

  it('tell a source that can’t be read from an Engine that can’t be reached', async () => {
    const broken = new Readable({ read: () => void broken.destroy(new Error('bad sector')) })
    await expect(engine.images.load('shell:1', broken)).rejects.toMatchObject({
      message: 'what was to be sent could not be read',
      cause: new Error('bad sector'),
    })
  })

  it('are not pulled from where they are not', async () => {
    const pulled = engine.images.pull('127.0.0.1:9/nosuch:1')
    await expect(pulled).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
      object: 'image 127.0.0.1:9/nosuch:1',
    })
  })
})
