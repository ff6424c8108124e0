import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readRun } from '../../../../evaluation/run/read-run.ts'
import type { RunFacts } from '../../../../evaluation/run/run.ts'
import { RunFolder } from '../../../../evaluation/run/run-folder.ts'
import { until } from '../../../until.ts'
import { aFolder } from './a-folder.ts'
import { aCampaign, aCell, aScenario, someFacts } from './small-parts.ts'
import { wordyScenario } from './wordy-scenario.ts'

const cell = aCell({ id: 'small/1' })
const campaign = aCampaign(aScenario({ cells: [cell] }))
const program = fileURLToPath(new URL('runner-program.ts', import.meta.url))

function make(path: string): void {
  RunFolder.create(path, someFacts(), campaign).close()
}

function codeOf(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return (error as { code?: unknown }).code
  }
  return undefined
}

describe('the folder of a new run', () => {
  it('has its facts and its campaign, in a folder that is made with those above it', () => {
    const path = join(aFolder(), 'results', 'run')
    make(path)
    expect(JSON.parse(readFileSync(join(path, 'run.json'), 'utf8'))).toEqual(someFacts())
    const run = readRun(path, [aScenario({ cells: [cell] })])
    expect(run).toMatchObject({ facts: someFacts(), hosts: [], cells: [{ cell, outcome: undefined }] })
    expect(run.campaign).toMatchObject({ name: 'tiny', seed: 7, board: 'pi3b' })
  })

  it('may be an empty folder', () => {
    const path = aFolder()
    make(path)
    expect(readdirSync(path).sort()).toEqual(['campaign.json', 'cells.ndjson', 'hosts.ndjson', 'run.json'])
  })

  it('is refused where something else is, and leaves it as it was', () => {
    const path = aFolder()
    writeFileSync(join(path, 'letter'), 'mine')
    expect(codeOf(() => make(path))).toBe('FILE_UNWRITABLE')
    expect(readdirSync(path)).toEqual(['letter'])
  })

  it('is refused where a run is', () => {
    const path = join(aFolder(), 'run')
    make(path)
    expect(() => make(path)).toThrow(/there is a run already/)
  })

  it('is made whole or not at all', () => {
    const above = aFolder()
    writeFileSync(join(above, 'file'), '')
    expect(codeOf(() => make(join(above, 'file', 'run')))).toBe('FILE_UNWRITABLE')
    const broken = { ...someFacts(), loop: {} }
    broken.loop = broken
    expect(() => RunFolder.create(join(above, 'run'), broken, campaign)).toThrow()
    expect(readdirSync(above)).toEqual(['file'])
  })
})

describe('the folder of a run that goes on', () => {
  it('is refused where no run is', () => {
    const path = aFolder()
    expect(codeOf(() => RunFolder.resume(path, someFacts()))).toBe('FILE_UNREADABLE')
    expect(codeOf(() => RunFolder.resume(join(path, 'none'), someFacts()))).toBe('FILE_UNREADABLE')
    expect(readdirSync(path)).toEqual([])
  })

  it('is refused to another version, another commit and hosts of another kind, with all that differs', () => {
    const path = join(aFolder(), 'run')
    make(path)
    const resume = (facts: RunFacts) => () => RunFolder.resume(path, facts).close()
    expect(codeOf(resume(someFacts({ shoal: '0.2.0' })))).toBe('RESULTS_MIXED')
    expect(resume(someFacts({ shoal: '0.2.0', kind: 'real' }, 'def5678'))).toThrow(
      /Shoal: 0\.1\.0 .*0\.2\.0 \(this Shoal\)\n.*commit: abc1234 .*def5678 \(this Shoal\)\n.*hosts: lab .*real/,
    )
    resume(someFacts())()
  })

  it('is refused on another machine, kernel or Node, and not for another load', () => {
    const path = join(aFolder(), 'run')
    make(path)
    const { setting } = someFacts()
    const resume = (parts: Partial<RunFacts['setting']>) => () =>
      RunFolder.resume(path, someFacts({ setting: { ...setting, ...parts } })).close()
    expect(resume({ cpu: 'another', kernel: '6.12', node: 'v24.9.0' })).toThrow(
      /CPU: 2 of a cpu .*2 of another .*\n.*kernel: 6\.1 .*6\.12 .*\n.*Node: v24\.0\.0 .*v24\.9\.0/,
    )
    expect(codeOf(resume({ cores: 8 }))).toBe('RESULTS_MIXED')
    resume({ loadBefore: 3, startedAt: 'later' })()
  })

  it('goes on behind half a line that a kill has left', () => {
    const path = join(aFolder(), 'run')
    make(path)
    appendFileSync(join(path, 'cells.ndjson'), '{"id":"small/1","state":"do')
    appendFileSync(join(path, 'hosts.ndjson'), '{"stage":0,')
    const folder = RunFolder.resume(path, someFacts())
    expect(folder.outcome(cell)).toBeUndefined()
    expect(folder.addStage(cell.need, [])).toBe(0)
    const outcome = { id: cell.id, state: 'done', startedAt: 'now', tookMs: 1, stage: 0 } as const
    folder.addOutcome(outcome)
    folder.close()
    expect(readRun(path, [aScenario({ cells: [cell] })]).cells).toEqual([{ cell, outcome }])
  })

  it('begins the raw file of a cell anew', () => {
    const path = join(aFolder(), 'run')
    const folder = RunFolder.create(path, someFacts(), campaign)
    for (const attempt of [1, 2]) {
      const file = folder.beginCell(cell)
      file.add({ attempt })
      file.close()
    }
    folder.close()
    expect(readFileSync(join(path, 'raw/small/1.ndjson'), 'utf8')).toBe('{"attempt":2}\n')
  })

  it.each(['../small', '/small', 'small//1', 'small/..', '', 'small/.1'])('has no cell %j', (id) => {
    const folder = RunFolder.create(join(aFolder(), 'run'), someFacts(), campaign)
    expect(() => folder.beginCell({ ...cell, id })).toThrow(/cannot have the id/)
    folder.close()
  })
})

interface Runner {
  readonly lines: string[]
  readonly ended: Promise<unknown>
  kill(): void
}

function startRunner(path: string, cells: number, records: number): Runner {
  const child = spawn(process.execPath, [program, path, String(cells), String(records), '40'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line))
  const ended = once(child, 'close')
  onTestFinished(() => void child.kill('SIGKILL'))
  return { lines, ended, kill: () => child.kill('SIGKILL') }
}

describe('a process that measures', () => {
  it('is killed in the middle of a cell, and the next one runs what is left: every cell exactly once', async () => {
    const path = join(aFolder(), 'run')
    const first = startRunner(path, 6, 40)
    await until(
      'some cells are done, and one runs',
      () => first.lines.at(-1)?.startsWith('begins') === true && first.lines.length > 6,
    )
    first.kill()
    await first.ended
    const done = first.lines.filter((line) => line.startsWith('done'))
    expect(done.length).toBeGreaterThan(0)
    const second = startRunner(path, 6, 40)
    await second.ended
    expect(second.lines.at(-1)).toBe('ended with 6 done')
    const all = [...done, ...second.lines.filter((line) => line.startsWith('done'))]
    expect(all.sort()).toEqual([1, 2, 3, 4, 5, 6].map((number) => `done wordy/${number}`))
    const run = readRun(path, [wordyScenario(6, async () => {})])
    for (const { cell, outcome } of run.cells) {
      expect(outcome?.state).toBe('done')
      expect(run.records(cell).map(({ index }) => index)).toEqual(
        Array.from({ length: 40 }, (_, index) => index),
      )
    }
    expect(readFileSync(join(path, 'cells.ndjson'), 'utf8').trimEnd().split('\n').length).toBe(6)
  })

  it('has its folder for itself, and leaves it to the next one when it is killed', async () => {
    const path = join(aFolder(), 'run')
    const first = startRunner(path, 1, 100_000)
    await until('it measures', () => first.lines.some((line) => line.startsWith('begins')))
    expect(codeOf(() => RunFolder.resume(path, someFacts()))).toBe('RUN_BUSY')
    const second = startRunner(path, 1, 1)
    await second.ended
    expect(second.lines.join()).toMatch(/error\[RUN_BUSY\]/)
    // Who only reads is not refused.
    expect(readRun(path, [wordyScenario(1, async () => {})]).cells[0]?.outcome).toBeUndefined()
    first.kill()
    await first.ended
    RunFolder.resume(path, someFacts()).close()
  })
})
