// A run whose disk is full in the middle of a cell, on a small file system of its own in a mount namespace of its own.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readRun } from '../../evaluation/run/read-run.ts'
import { wordyScenario } from '../unit/evaluation/run/wordy-scenario.ts'

const program = fileURLToPath(new URL('../unit/evaluation/run/runner-program.ts', import.meta.url))
const scenarios = [wordyScenario(6, async () => {})]
const records = 40

// 6 cells of 40 records of 1,500 bytes are 360 kB.
const script = `
set -e
mount -t tmpfs -o size=200k,mode=700 none "$1/disk"
"$2" "$3" "$1/disk/run" 6 ${records} 1500 >"$1/first" || true
cp -r "$1/disk/run" "$1/kept"
mkdir "$1/disk/next" 2>/dev/null || true
"$2" "$3" "$1/disk/next/run" 6 1 1500 >"$1/refused" || true
ls -A "$1/disk/next" >"$1/left" || true
rm -rf "$1/disk/next"
mount -o remount,size=1m "$1/disk"
"$2" "$3" "$1/disk/run" 6 ${records} 1500 >"$1/second"
cp -r "$1/disk/run" "$1/whole"
`

describe('a run whose disk is full', () => {
  const folder = mkdtempSync(join(tmpdir(), 'shoal-disk-full-'))
  const said = (name: string) => readFileSync(join(folder, name), 'utf8')

  beforeAll(() => {
    mkdirSync(join(folder, 'disk'))
    const argv = [
      '--mount',
      '--propagation',
      'private',
      'sh',
      '-c',
      script,
      'sh',
      folder,
      process.execPath,
      program,
    ]
    const { status, stderr } = spawnSync('unshare', argv, { encoding: 'utf8', timeout: 60_000 })
    expect(status, stderr).toBe(0)
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('ends with what is kept and how to go on', () => {
    expect(said('first')).toMatch(
      /\nerror\[FILE_UNWRITABLE\]: write, .*ENOSPC: no space left on device.*; \d cells are done and kept\n {2}next: make room, then shoal evaluate -o .* goes on where it was\n$/,
    )
  })

  it('has whole cells, marks none that it could not write, and reads well', () => {
    const run = readRun(join(folder, 'kept'), scenarios)
    const states = run.cells.map(({ outcome }) => outcome?.state)
    expect(states).toContain('done')
    expect(states).toContain(undefined)
    expect(states).not.toContain('failed')
    for (const { cell, outcome } of run.cells) {
      if (outcome !== undefined) expect(run.records(cell).length).toBe(records)
    }
  })

  it('left no half line where it broke off', () => {
    const begun = said('first')
      .split('\n')
      .filter((line) => line.startsWith('begins'))
      .at(-1)
      ?.split(' ')[1]
    const text = said(`kept/raw/${begun}.ndjson`)
    expect(statSync(join(folder, `kept/raw/${begun}.ndjson`)).size).toBeGreaterThan(0)
    expect(text.at(-1)).toBe('\n')
    for (const line of text.trimEnd().split('\n')) JSON.parse(line)
  })

  it('makes no new run there, not even a part of its folder', () => {
    expect(said('refused')).toMatch(/error\[FILE_UNWRITABLE\]: make, .*\n {2}next: make room/)
    expect(said('left')).toBe('')
  })

  it('goes on when there is room: every cell exactly once', () => {
    const done = [said('first'), said('second')].flatMap((text) =>
      text.split('\n').filter((line) => line.startsWith('done')),
    )
    expect(done.sort()).toEqual([1, 2, 3, 4, 5, 6].map((number) => `done wordy/${number}`))
    const run = readRun(join(folder, 'whole'), scenarios)
    for (const { cell } of run.cells) expect(run.records(cell).length).toBe(records)
  })
})
