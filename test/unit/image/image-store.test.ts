import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Architecture, architectureOf } from '../../../src/image/architecture.ts'
import { ImageStore } from '../../../src/image/image-store.ts'
import type { StoredImage } from '../../../src/image/stored-image.ts'
import { anImage } from './an-image.ts'

let folder = ''
let store = new ImageStore({ folder })
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-store-'))
  store = new ImageStore({ folder })
})
afterEach(() => rmSync(folder, { recursive: true }))

const own: Architecture = architectureOf(process.arch) ?? 'amd64'
const other: Architecture = own === 'amd64' ? 'arm64' : 'amd64'

async function stored(
  overrides: Partial<Pick<StoredImage, 'reference' | 'architecture'>>,
): Promise<StoredImage> {
  const image = { ...(await anImage(store)), ...overrides }
  await store.put(image)
  return image
}

describe('the image store', () => {
  it('is empty when its folder does not exist', async () => {
    const absent = new ImageStore({ folder: join(folder, 'absent') })
    expect(await absent.list()).toEqual([])
    expect(await absent.find('shoal/compute:1.0.0')).toBeUndefined()
  })

  it('gives back what was put in, after a restart and from wherever its folder has been moved to', async () => {
    const image = await stored({ reference: 'shoal/compute:1.0.0' })
    expect(await new ImageStore({ folder }).find('shoal/compute:1.0.0')).toEqual(image)
  })

  it('lists by reference, then architecture', async () => {
    await stored({ reference: 'shoal/sensing:1.0.0', architecture: 'amd64' })
    await stored({ reference: 'shoal/compute:1.0.0', architecture: 'arm64' })
    await stored({ reference: 'shoal/compute:1.0.0', architecture: 'amd64' })
    expect((await store.list()).map(({ reference, architecture }) => [reference, architecture])).toEqual([
      ['shoal/compute:1.0.0', 'amd64'],
      ['shoal/compute:1.0.0', 'arm64'],
      ['shoal/sensing:1.0.0', 'amd64'],
    ])
  })

  it("prefers this machine's architecture, takes the other if it is the only one, and obeys a wish", async () => {
    const foreign = await stored({ reference: 'shoal/compute:1.0.0', architecture: other })
    expect(await store.find('shoal/compute:1.0.0')).toEqual(foreign)
    expect(await store.find('shoal/compute:1.0.0', own)).toBeUndefined()
    const native = await stored({ reference: 'shoal/compute:1.0.0', architecture: own })
    expect(await store.find('shoal/compute:1.0.0')).toEqual(native)
    expect(await store.find('shoal/compute:1.0.0', other)).toEqual(foreign)
  })

  it('keeps a reference inside its folder, whatever it looks like', async () => {
    await stored({ reference: '../../etc/shoal:1' })
    expect(readdirSync(join(folder, 'images'))).toHaveLength(1)
    expect(await store.find('../../etc/shoal:1')).toBeDefined()
  })

  it('says which file of an image is damaged, and how to mend it', async () => {
    const image = await stored({})
    const path = image.layers[0]?.path ?? ''
    truncateSync(path, 3)
    await expect(store.find(image.reference)).rejects.toMatchObject({
      code: 'IMAGE_STORE_DAMAGED',
      message: expect.stringContaining(path),
      nextStep: 'shoal image build mends it',
    })
  })

  it.each([
    ['{', /JSON/],
    ['[]', /image.architecture: expected a string/],
    ['{"architecture":"mips"}', /image.architecture: unknown "mips"/],
    ['{"architecture":"amd64","reference":"a","imageId":"b"}', /image.imageId: expected a digest/],
  ])('says what is wrong in a record: %s', async (text, reason) => {
    await stored({})
    writeFileSync(join(folder, 'images', 'broken.amd64.json'), text)
    await expect(store.list()).rejects.toMatchObject({
      code: 'IMAGE_STORE_DAMAGED',
      object: join(folder, 'images', 'broken.amd64.json'),
      reason: expect.stringMatching(reason),
    })
  })

  it('keeps every image when several are put in at once', async () => {
    const image = await anImage(store)
    const references = Array.from({ length: 20 }, (_, index) => `shoal/service${index}:1.0.0`)
    await Promise.all(references.map((reference) => new ImageStore({ folder }).put({ ...image, reference })))
    expect((await store.list()).map(({ reference }) => reference)).toEqual(references.toSorted())
  })
})
