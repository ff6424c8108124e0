import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { emptyFootprint } from '../../../src/pair/footprint.ts'
import { Journal } from '../../../src/pair/journal.ts'
import { parseTarget } from '../../../src/pair/target.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-journal-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const entry = {
  run: 'f00d',
  application: 'app',
  duty: 'undo' as const,
  isGivenUp: false,
  devices: [{ target: parseTarget('root@worker1'), footprint: emptyFootprint }],
}

/** Changes who owns the entry that is written down. */
function giveTo(owner: object): void {
  const path = join(folder, 'f00d.json')
  const noted = JSON.parse(readFileSync(path, 'utf8')) as { owner: object }
  writeFileSync(path, JSON.stringify({ ...noted, owner: { ...noted.owner, ...owner } }))
}

describe('the journal', () => {
  it('leaves an entry to its owner while that lives', async () => {
    const journal = new Journal(folder)
    await journal.write(entry)
    expect(await journal.abandoned()).toEqual([])
  })

  it('gives out an entry that its owner could not finish, while that lives', async () => {
    const journal = new Journal(folder)
    await journal.write({ ...entry, isGivenUp: true })
    expect((await journal.abandoned()).length).toBe(1)
  })

  it('gives out the entry of a process that has ended', async () => {
    const journal = new Journal(folder)
    await journal.write(entry)
    const child = spawn(process.execPath, ['-e', ''])
    await once(child, 'exit')
    giveTo({ pid: child.pid })
    expect(await journal.abandoned()).toMatchObject([{ run: 'f00d', duty: 'undo', application: 'app' }])
  })

  it.each([
    ['has the owner’s number by now', { startedAtTicks: '1' }],
    ['had it before the machine was started anew', { world: 'another boot' }],
  ])('is not deceived by another process that %s', async (_case, owner) => {
    const journal = new Journal(folder)
    await journal.write(entry)
    giveTo(owner)
    expect((await journal.abandoned()).length).toBe(1)
  })

  it('forgets what is done', async () => {
    const journal = new Journal(folder)
    await journal.write(entry)
    await journal.remove('f00d')
    expect(readdirSync(folder)).toEqual([])
  })

  it('has one file a run, for nobody else to read', async () => {
    const journal = new Journal(join(folder, 'deep', 'er'))
    await journal.write(entry)
    await journal.write({ ...entry, duty: 'settle' })
    expect(readdirSync(journal.folder)).toEqual(['f00d.json'])
    expect(statSync(join(journal.folder, 'f00d.json')).mode & 0o777).toBe(0o600)
  })

  it('passes over a file that is no entry', async () => {
    writeFileSync(join(folder, 'broken.json'), '{"run":')
    expect(await new Journal(folder).abandoned()).toEqual([])
  })

  it('has nothing to give out when there is no folder', async () => {
    expect(await new Journal(join(folder, 'none')).abandoned()).toEqual([])
  })

  it('fails by name when it cannot write', async () => {
    writeFileSync(join(folder, 'file'), '')
    chmodSync(join(folder, 'file'), 0o400)
    await expect(new Journal(join(folder, 'file')).write(entry)).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
    })
  })
})
