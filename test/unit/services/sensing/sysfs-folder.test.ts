import { execFileSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SysfsFolder } from '../../../../services/sensing/drivers/sysfs-folder.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sensing-attributes-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('an attribute', () => {
  it('that does not answer is a timeout, asked again at once, and answers when it can', async () => {
    const path = join(folder, 'temperature')
    execFileSync('mkfifo', [path])
    const attributes = new SysfsFolder(folder)
    await expect(attributes.number('temperature')).rejects.toMatchObject({ trouble: 'timeout' })
    const askedAt = performance.now()
    await expect(attributes.number('temperature')).rejects.toMatchObject({ trouble: 'timeout' })
    expect(performance.now() - askedAt).toBeLessThan(1000)
    // Whoever reads it hears that nobody writes.
    closeSync(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK))
    rmSync(path)
    writeFileSync(path, '21500\n')
    await expect
      .poll(() => attributes.number('temperature').catch(() => undefined), { timeout: 5000 })
      .toBe(21500)
  })

  it('is never created by being written', async () => {
    const attributes = new SysfsFolder(folder)
    await expect(attributes.write('enable', 1)).rejects.toMatchObject({ trouble: 'gone' })
    expect(await attributes.names()).toEqual([])
  })
})
