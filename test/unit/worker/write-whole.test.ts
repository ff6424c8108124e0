import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { removeUnfinished, unfinishedName, writeWhole } from '../../../src/worker/write-whole.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-whole-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('takes away what killed writers left, and nothing else', async () => {
  await writeWhole(join(folder, 'kept'), 'text', 0o600)
  writeFileSync(join(folder, '.theirs'), '')
  writeFileSync(unfinishedName(folder), 'half')
  await removeUnfinished(folder)
  expect(readdirSync(folder).sort()).toEqual(['.theirs', 'kept'])
  await removeUnfinished(join(folder, 'gone'))
})
