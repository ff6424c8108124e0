import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  apply,
  makeFolders,
  missingFolders,
  planChange,
  putBack,
  readIfThere,
  removeFolders,
} from '../../../src/worker/changed-file.ts'

let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-file-'))
  file = join(folder, 'daemon.json')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('a file that joining changes', () => {
  it.each([
    ['that is no text', Buffer.from([0xff, 0x00, 0x0a, 0xfe])],
    ['without a last newline', Buffer.from('{ "debug":true }')],
    ['that is empty', Buffer.alloc(0)],
  ])('comes back byte for byte: one %s', async (_, before) => {
    writeFileSync(file, before)
    const change = planChange(file, await readIfThere(file), 'new', undefined)
    await apply(change)
    expect(readFileSync(file, 'utf8')).toBe('new')
    await putBack(file, change.before)
    expect(readFileSync(file)).toEqual(before)
  })

  it('goes again where there was none', async () => {
    const change = planChange(file, await readIfThere(file), 'new', undefined)
    await apply(change)
    await putBack(file, change.before)
    expect(await readIfThere(file)).toBeUndefined()
  })

  it('keeps its mode, and stays a link where it is one', async () => {
    const target = join(folder, 'managed.json')
    writeFileSync(target, 'old')
    chmodSync(target, 0o640)
    symlinkSync(target, file)
    await apply(planChange(file, await readIfThere(file), 'new', undefined))
    expect(readFileSync(target, 'utf8')).toBe('new')
    expect(statSync(target).mode & 0o777).toBe(0o640)
    await putBack(file, Buffer.from('old').toString('base64'))
    expect(readFileSync(target, 'utf8')).toBe('old')
  })

  it('keeps what was before a joining that was cut off, after writing and before it', () => {
    const first = planChange(file, Buffer.from('old'), 'new', undefined)
    expect(planChange(file, Buffer.from('new'), 'newer', first).before).toBe(first.before)
    expect(planChange(file, Buffer.from('old'), 'newer', first).before).toBe(first.before)
  })

  it('does not take what stands there for a moment during the undoing for what was before', () => {
    const first = planChange(file, undefined, 'new', undefined)
    expect(planChange(file, Buffer.from('interim'), 'new', first, 'interim').before).toBeNull()
  })

  it('takes what somebody wrote since then for what was before', () => {
    const first = planChange(file, Buffer.from('old'), 'new', undefined)
    expect(planChange(file, Buffer.from('theirs'), 'newer', first).before).toBe(
      Buffer.from('theirs').toString('base64'),
    )
  })

  it('says so when it cannot be written', async () => {
    const change = planChange(join(folder, 'gone', 'ca.crt'), undefined, 'new', undefined)
    await expect(apply(change)).rejects.toMatchObject({ code: 'FILE_UNWRITABLE', place: change.path })
  })
})

describe('folders that joining makes', () => {
  it('are those that are missing, and go again', async () => {
    const deep = join(folder, 'certs.d', '10.0.0.1:5000')
    const missing = await missingFolders(deep)
    expect(missing).toEqual([join(folder, 'certs.d'), deep])
    await makeFolders(missing)
    expect(await missingFolders(deep)).toEqual([])
    await removeFolders(missing)
    expect(await missingFolders(deep)).toEqual(missing)
  })

  it('stay where somebody has put something in', async () => {
    const deep = join(folder, 'certs.d', '10.0.0.1:5000')
    const made = await missingFolders(deep)
    await makeFolders(made)
    mkdirSync(join(folder, 'certs.d', 'other'))
    await removeFolders(made)
    expect(await missingFolders(deep)).toEqual([deep])
  })
})
