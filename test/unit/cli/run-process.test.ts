import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const program = fileURLToPath(new URL('run-process-program.ts', import.meta.url))
let folder: string
/** Whatever is written to it, the disk is full. */
let full: number
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-process-'))
  full = openSync('/dev/full', 'w')
})
afterAll(() => {
  closeSync(full)
  rmSync(folder, { recursive: true })
})

async function run(words: readonly string[], fullStream: 'out' | 'err') {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...words], {
    stdio: ['ignore', fullStream === 'out' ? full : 'pipe', fullStream === 'err' ? full : 'pipe'],
  })
  const said = { out: '', err: '' }
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said.out += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said.err += text
  })
  const [exitCode] = await once(child, 'close')
  return { exitCode, ...said }
}

describe('a command whose output cannot be written', () => {
  it('fails in words, also where it is the last that it writes', async () => {
    const { exitCode, err } = await run(['write', 'out'], 'out')
    expect(err).toMatch(/^error\[FILE_UNWRITABLE\]: write, to standard output: ENOSPC.*\n$/)
    expect(exitCode).toBe(1)
  })

  it('is stopped, and undoes what it half did', async () => {
    const file = join(folder, 'half-done')
    writeFileSync(file, '')
    const { exitCode, err } = await run(['stay', file], 'out')
    expect(err).toMatch(/^error\[FILE_UNWRITABLE\]: write, to standard output: ENOSPC.*\n$/)
    expect(exitCode).toBe(1)
    expect(existsSync(file)).toBe(false)
  })

  it('fails by its exit code where nobody can be told', async () => {
    expect(await run(['write', 'err'], 'err')).toEqual({ exitCode: 1, out: '', err: '' })
    expect(await run(['write', 'out'], 'err')).toEqual({ exitCode: 0, out: 'a line\n', err: '' })
  })
})
