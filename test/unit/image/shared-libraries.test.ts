import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { architectureOf } from '../../../src/image/architecture.ts'
import { parseElf } from '../../../src/image/elf.ts'
import { findLibraries, libraryFolders } from '../../../src/image/shared-libraries.ts'
import { ShoalError } from '../../../src/model/errors.ts'

const own = architectureOf(process.arch) ?? 'amd64'
const other = own === 'amd64' ? 'arm64' : 'amd64'
const node = parseElf(readFileSync(process.execPath))
const folder = mkdtempSync(join(tmpdir(), 'shoal-libraries-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('the libraries of a program', () => {
  it('are those it names, those that they name, and the loader', async () => {
    const libraries = await findLibraries(node, own)
    const sonames = libraries.map(({ soname }) => soname)
    expect(sonames).toEqual([...sonames].sort())
    expect(sonames).toEqual(expect.arrayContaining([...node.needed]))
    expect(sonames).toContain(node.interpreter?.split('/').at(-1))
    for (const { content } of libraries)
      expect(sonames).toEqual(expect.arrayContaining([...parseElf(content).needed]))
  })

  it('are all named when they are missing, with the packages that bring them', async () => {
    const error = await findLibraries(node, other, [folder]).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ShoalError)
    if (!(error instanceof ShoalError)) return
    expect(error.code).toBe('IMAGE_RUNTIME_MISSING')
    for (const soname of node.needed) expect(error.reason).toContain(soname)
    expect(error.nextStep).toContain(`libstdc++6-${other}-cross`)
  })

  it('are not taken from another architecture, nor from a file that is no library', async () => {
    const [libc] = await findLibraries({ ...node, needed: ['libc.so.6'], interpreter: undefined }, own)
    writeFileSync(join(folder, 'libc.so.6'), libc?.content ?? '')
    writeFileSync(join(folder, 'libm.so.6'), 'GROUP ( /lib/libm.so )')
    const program = { ...node, needed: ['libc.so.6', 'libm.so.6'], interpreter: undefined }
    await expect(findLibraries(program, other, [folder])).rejects.toThrow('libc.so.6, libm.so.6')
    const found = await findLibraries(program, own, [folder, ...libraryFolders(own)])
    expect(found.map(({ soname }) => soname)).toEqual(expect.arrayContaining(['libc.so.6', 'libm.so.6']))
  })
})
