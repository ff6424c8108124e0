import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Blobs } from '../../../src/image/blobs.ts'

let folder = ''
let blobs = new Blobs(folder)
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-blobs-'))
  blobs = new Blobs(folder)
})
afterEach(() => rmSync(folder, { recursive: true }))

const never = new AbortController().signal
const content = Buffer.from('what an image is made of')
const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`
const twoHoursMs = 7_200_000

describe('a blob', () => {
  it('is named by its bytes', async () => {
    const blob = await blobs.write([content.subarray(0, 5), content.subarray(5)], [], never)
    expect(blob).toEqual({ digest, bytes: content.length, path: blobs.path(digest) })
    expect(readFileSync(blob.path)).toEqual(content)
    expect(await blobs.isWhole(digest)).toBe(true)
    expect(await blobs.hasBytes(digest, content.length)).toBe(true)
  })

  it('is not whole when it is absent, longer, or has another byte', async () => {
    expect(await blobs.isWhole(digest)).toBe(false)
    const { path } = await blobs.write([content], [], never)
    writeFileSync(path, Buffer.concat([content, content]))
    expect(await blobs.isWhole(digest)).toBe(false)
    expect(await blobs.hasBytes(digest, content.length)).toBe(false)
    writeFileSync(path, Buffer.from(content).fill('x', 0, 1))
    expect(await blobs.isWhole(digest)).toBe(false)
  })

  it('does not appear when its source breaks off', async () => {
    async function* broken(): AsyncGenerator<Buffer> {
      yield content
      throw new Error('the disk went away')
    }
    await expect(blobs.write(broken(), [], never)).rejects.toThrow('the disk went away')
    expect(readdirSync(join(folder, 'blobs', 'sha256'))).toEqual([])
    expect(readdirSync(join(folder, 'unfinished'))).toEqual([])
  })

  it('does not appear when its writing is stopped', async () => {
    const stopping = new AbortController()
    async function* endless(): AsyncGenerator<Buffer> {
      for (;;) {
        yield content
        stopping.abort(new Error('enough'))
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    await expect(blobs.write(endless(), [], stopping.signal)).rejects.toMatchObject({ name: 'AbortError' })
    expect(readdirSync(join(folder, 'blobs', 'sha256'))).toEqual([])
    expect(readdirSync(join(folder, 'unfinished'))).toEqual([])
  })

  it('is refused by a folder that cannot be written, with its path', async () => {
    writeFileSync(join(folder, 'file'), '')
    await expect(new Blobs(join(folder, 'file')).write([content], [], never)).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
      message: expect.stringContaining(join(folder, 'file')),
    })
  })
})

describe('sweeping', () => {
  it('deletes old blobs that nothing names and old unfinished files, and no others', async () => {
    const [kept, old, young] = await Promise.all(
      ['kept', 'old', 'young'].map((text) => blobs.write([Buffer.from(text)], [], never)),
    )
    if (!kept || !old || !young) throw new Error('three were written')
    const longAgo = new Date(Date.now() - twoHoursMs)
    const unfinished = join(folder, 'unfinished', 'left by a killed build')
    writeFileSync(unfinished, 'half')
    for (const path of [kept.path, old.path, unfinished]) utimesSync(path, longAgo, longAgo)
    await blobs.sweep(new Set([kept.digest]))
    expect([kept.path, old.path, young.path, unfinished].map((path) => existsSync(path))).toEqual([
      true,
      false,
      true,
      false,
    ])
  })

  it('spares a blob that a build has touched', async () => {
    const { path } = await blobs.write([content], [], never)
    const longAgo = new Date(Date.now() - twoHoursMs)
    utimesSync(path, longAgo, longAgo)
    await blobs.touch(digest)
    await blobs.sweep(new Set())
    expect(existsSync(path)).toBe(true)
  })
})
