import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { installRuntime, removeRuntime, withPaths } from '../../../src/runtime/install.ts'

let root: string
let folder: string
let searchPath: string

beforeAll(() => {
  execFileSync('sh', [fileURLToPath(new URL('../../../scripts/bundle-runtime', import.meta.url))])
})
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'shoal-install-'))
  folder = join(root, 'runtime')
  searchPath = `relative:${root}`
  for (const name of ['runc', 'flock'])
    writeFileSync(join(root, name), '#!/bin/sh\necho "$@"\n', { mode: 0o755 })
})
afterEach(() => rmSync(root, { recursive: true }))

const install = () => installRuntime(folder, { node: process.execPath, searchPath })
const files = () => readdirSync(folder).toSorted()

describe('installing the device runtime', () => {
  it('makes a program that is runc, without any of its own environment', async () => {
    await install()
    expect(files()).toEqual(['create.cjs', 'shoal-runtime'])
    expect(execFileSync(join(folder, 'shoal-runtime'), ['--version'], { env: {}, encoding: 'utf8' })).toBe(
      '--version\n',
    )
    expect(readFileSync(join(folder, 'shoal-runtime'), 'utf8')).toContain(`\nnode=${process.execPath}\n`)
  })

  it('hands over to the runtime that was chosen before', async () => {
    writeFileSync(join(root, 'crun'), '#!/bin/sh\necho "crun $@"\n', { mode: 0o755 })
    for (const lower of ['crun', join(root, 'crun')]) {
      await installRuntime(folder, { node: process.execPath, searchPath, lower })
      expect(execFileSync(join(folder, 'shoal-runtime'), ['state'], { encoding: 'utf8' })).toBe(
        'crun state\n',
      )
    }
  })

  it('leaves what is right alone, and mends what is not', async () => {
    await install()
    const before = statSync(join(folder, 'shoal-runtime')).ino
    await install()
    expect(statSync(join(folder, 'shoal-runtime')).ino).toBe(before)
    writeFileSync(join(folder, 'create.cjs'), 'half')
    chmodSync(join(folder, 'shoal-runtime'), 0o600)
    writeFileSync(join(folder, '.unfinished-1'), '')
    await install()
    expect(files()).toEqual(['create.cjs', 'shoal-runtime'])
    expect(readFileSync(join(folder, 'create.cjs'), 'utf8')).not.toBe('half')
    expect(statSync(join(folder, 'shoal-runtime')).mode & 0o777).toBe(0o755)
  })

  it('refuses where runc or flock is missing, and makes nothing', async () => {
    rmSync(join(root, 'flock'))
    await expect(install()).rejects.toMatchObject({
      code: 'RUNTIME_INCOMPLETE',
      reason: expect.stringContaining('no flock'),
    })
    expect(readdirSync(root)).toEqual(['runc'])
  })

  it('is undone, but for what is not its own', async () => {
    await install()
    await removeRuntime(folder)
    expect(readdirSync(root)).not.toContain('runtime')
    await removeRuntime(folder)
    await install()
    writeFileSync(join(folder, 'note'), '')
    await removeRuntime(folder)
    expect(files()).toEqual(['note'])
  })

  it('refuses a path that the shell or JSON would read as more than a path', () => {
    for (const runc of ['/usr/bin/$(id)', '/a b/runc', '/a"b', 'runc'])
      expect(() => withPaths('runc=runc\n', { runc, node: '/bin/node' })).toThrow('strange characters')
  })
})
