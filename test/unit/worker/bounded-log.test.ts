import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { BoundedLog } from '../../../src/worker/bounded-log.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-log-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('never takes more than twice its limit, and ends with the newest line', () => {
  const file = join(folder, 'agent.log')
  const log = new BoundedLog(file, 1000)
  for (let line = 0; line < 500; line += 1) log.write(`line ${line}`)
  expect(statSync(file).size).toBeLessThanOrEqual(1000)
  expect(statSync(`${file}.1`).size).toBeLessThanOrEqual(1000)
  expect(readFileSync(file, 'utf8')).toMatch(/line 499\n$/)
})

it('goes on where an earlier process ended', () => {
  const file = join(folder, 'agent.log')
  new BoundedLog(file, 30).write('0123456789')
  const log = new BoundedLog(file, 30)
  log.write('0123456789')
  log.write('0123456789')
  expect(readFileSync(file, 'utf8')).toBe('0123456789\n')
  expect(existsSync(`${file}.1`)).toBe(true)
})

it('costs lines and nothing else where it cannot be written', () => {
  new BoundedLog(join(folder, 'gone', 'agent.log'), 1000).write('unheard')
  expect(existsSync(join(folder, 'gone'))).toBe(false)
})
