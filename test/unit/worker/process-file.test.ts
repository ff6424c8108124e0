import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { oneAtATime } from '../../../src/worker/one-at-a-time.ts'
import { freeProcessFile, readHolder, takeProcessFile } from '../../../src/worker/process-file.ts'

let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-holder-'))
  file = join(folder, 'busy.pid')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('a file that names a process', () => {
  it('is taken once, and named to the next', async () => {
    expect(await takeProcessFile(file)).toBeUndefined()
    expect(await takeProcessFile(file)).toEqual({ pid: process.pid })
    expect(await readHolder(file)).toEqual({ pid: process.pid })
    await freeProcessFile(file)
    expect(readdirSync(folder)).toEqual([])
  })

  it('counts for nothing once its process is dead', async () => {
    const child = spawn('sleep', ['100'])
    await once(child, 'spawn')
    expect(await takeProcessFile(file)).toBeUndefined()
    const own = readFileSync(file, 'utf8')
    child.kill('SIGKILL')
    await once(child, 'exit')
    writeFileSync(file, own.replace(/^\d+ \d+/, `${child.pid} 1`))
    expect(await readHolder(file)).toBeUndefined()
    expect(await takeProcessFile(file)).toBeUndefined()
  })

  it('counts for nothing when another process has the number by now, or another boot was', async () => {
    await takeProcessFile(file)
    const own = readFileSync(file, 'utf8')
    writeFileSync(
      file,
      own.replace(/^(\d+) (\d+)/, (_, pid, ticks) => `${pid} ${Number(ticks) + 1}`),
    )
    expect(await readHolder(file)).toBeUndefined()
    writeFileSync(file, own.replace(/[0-9a-f]{8}-/, 'ffffffff-'))
    expect(await readHolder(file)).toBeUndefined()
  })

  it.each(['', 'garbage', '-1 2 3 4', '0'])('counts for nothing when it holds %j', async (text) => {
    writeFileSync(file, text)
    expect(await readHolder(file)).toBeUndefined()
    expect(await takeProcessFile(file)).toBeUndefined()
  })
})

describe('joining and leaving', () => {
  it('go one at a time, and say which process is at it', async () => {
    const inner = oneAtATime(folder, 'join', () => oneAtATime(folder, 'leave', async () => 'both'))
    await expect(inner).rejects.toMatchObject({
      code: 'WORKER_BUSY',
      action: 'leave',
      reason: expect.stringContaining(String(process.pid)),
    })
    expect(await oneAtATime(folder, 'join', async () => 'again')).toBe('again')
  })

  it('leave no empty folder', async () => {
    const own = join(folder, 'worker')
    await oneAtATime(own, 'leave', async () => {})
    expect(existsSync(own)).toBe(false)
  })
})
