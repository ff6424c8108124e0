import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SshFolder, sshFolderPath } from '../../../src/pair/ssh-folder.ts'
import { parseTarget } from '../../../src/pair/target.ts'

let parent: string
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'shoal-ssh-'))
})
afterEach(() => rmSync(parent, { recursive: true }))

const target = parseTarget('root@worker1')

describe('the folder of the connections', () => {
  it('is made for its owner alone', () => {
    const folder = new SshFolder(join(parent, 'shoal'))
    folder.prepare()
    folder.prepare()
    expect(statSync(folder.path).mode & 0o777).toBe(0o700)
  })

  it('is refused when others may enter it', () => {
    mkdirSync(join(parent, 'shoal'))
    chmodSync(join(parent, 'shoal'), 0o711)
    expect(() => new SshFolder(join(parent, 'shoal')).prepare()).toThrow(
      expect.objectContaining({ code: 'FILE_UNWRITABLE', nextStep: expect.stringContaining('chmod 700') }),
    )
  })

  it('is refused when it is a link to somewhere else', () => {
    mkdirSync(join(parent, 'elsewhere'), { mode: 0o700 })
    symlinkSync(join(parent, 'elsewhere'), join(parent, 'shoal'))
    expect(() => new SshFolder(join(parent, 'shoal')).prepare()).toThrow(
      expect.objectContaining({ code: 'FILE_UNWRITABLE' }),
    )
  })

  it('finds the connections of one log-in only', () => {
    const folder = new SshFolder(parent)
    const files = folder.newFiles(target, {})
    writeFileSync(files.log, '')
    writeFileSync(folder.newFiles(parseTarget('pi@worker1'), {}).log, '')
    writeFileSync(folder.newFiles(target, { identityFile: '/other' }).log, '')
    expect(folder.list(target, {})).toEqual([files])
  })

  it('removes what an ended ssh has left, but nothing of one that may just be connecting', () => {
    const folder = new SshFolder(parent)
    const [old, young, live] = [
      folder.newFiles(target, {}),
      folder.newFiles(target, {}),
      folder.newFiles(target, {}),
    ]
    for (const files of [old, young, live]) writeFileSync(files.log, '')
    for (const files of [old, live]) utimesSync(files.log, 0, 0)
    writeFileSync(old.socket, '')
    writeFileSync(live.control, '')
    folder.sweep()
    expect(readdirSync(parent).length).toBe(3)
    expect(folder.list(target, {})).toEqual(expect.arrayContaining([young, live]))
  })

  it('lies where it is gone after a reboot, and where its sockets’ names fit', () => {
    expect(sshFolderPath({ XDG_RUNTIME_DIR: '/run/user/7' })).toBe('/run/user/7/shoal')
    expect(sshFolderPath({ XDG_RUNTIME_DIR: `/run/${'long/'.repeat(20)}` })).not.toContain('long')
    expect(sshFolderPath({ XDG_RUNTIME_DIR: 'relative' })).not.toContain('relative')
    expect(sshFolderPath({})).toMatch(/^\/(?:run|tmp)\/shoal/)
  })
})
