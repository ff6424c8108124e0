import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ManagerLock, managerFile } from '../../../src/manager/manager-lock.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-lock-'))
})

afterEach(() => rm(folder, { recursive: true }))

it('is held by one process, which it names, until that frees it', async () => {
  const first = new ManagerLock(join(folder, 'new'))
  await first.take()
  await expect(new ManagerLock(join(folder, 'new')).take()).rejects.toMatchObject({
    code: 'MANAGER_RUNS',
    reason: `one runs already, as process ${process.pid}`,
  })
  await first.free()
  await new ManagerLock(join(folder, 'new')).take()
})

it('is not held by a process that is gone, nor by another one that has its number now', async () => {
  await writeFile(managerFile(folder), `${process.pid} 1 boot pid:[1]\n`)
  await new ManagerLock(folder).take()
})

it('says why it cannot be taken', async () => {
  await writeFile(join(folder, 'file'), '')
  await expect(new ManagerLock(join(folder, 'file')).take()).rejects.toMatchObject({
    code: 'FILE_UNWRITABLE',
    place: join(folder, 'file'),
  })
})
