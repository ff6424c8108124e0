import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { trustRegistry } from '../../../../src/manager/registry/trust-registry.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-trust-'))
})

afterEach(() => rm(folder, { recursive: true }))

it('puts the authority where an Engine looks for it, and writes it once', async () => {
  const registry = { authority: '10.77.0.1:5000', authorityPem: 'a certificate\n' }
  await trustRegistry(registry, folder)
  const file = join(folder, '10.77.0.1:5000', 'ca.crt')
  expect(await readFile(file, 'utf8')).toBe('a certificate\n')
  const written = (await stat(file)).ino
  await trustRegistry(registry, folder)
  expect((await stat(file)).ino).toBe(written)
  await trustRegistry({ ...registry, authorityPem: 'another\n' }, folder)
  expect(await readFile(file, 'utf8')).toBe('another\n')
})

it('says which file it cannot write', async () => {
  await writeFile(join(folder, 'file'), '')
  await expect(
    trustRegistry({ authority: 'a:1', authorityPem: 'a certificate' }, join(folder, 'file')),
  ).rejects.toMatchObject({ code: 'FILE_UNWRITABLE', place: join(folder, 'file', 'a:1', 'ca.crt') })
})
