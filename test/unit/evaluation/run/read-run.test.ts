import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readRun } from '../../../../evaluation/run/read-run.ts'
import { RunFolder } from '../../../../evaluation/run/run-folder.ts'
import { assertSameVersion } from '../../../../evaluation/run/same-version.ts'
import { aFolder } from './a-folder.ts'
import { aCampaign, aCell, aScenario, someFacts } from './small-parts.ts'

const cell = aCell({ id: 'small/1' })
const scenarios = [aScenario({ cells: [cell, aCell({ id: 'small/2', repetition: 2 })] })]
const outcome = { id: cell.id, state: 'done', startedAt: 'now', tookMs: 5, stage: 0 } as const

/** With one cell done of two. */
function aRun(): string {
  const path = join(aFolder(), 'run')
  const folder = RunFolder.create(path, someFacts(), aCampaign(...scenarios))
  folder.addStage(cell.need, [])
  const file = folder.beginCell(cell)
  file.add({ type: 'cell', id: cell.id, elapsed_ms: 0 })
  file.add({ type: 'value', value: 3, elapsed_ms: 1.5 })
  file.close()
  folder.addOutcome(outcome)
  folder.close()
  return path
}

const raw = 'raw/small/1.ndjson'

describe('a run that is read', () => {
  it('has every cell of the plan, what became of it, and the records of one that is done', () => {
    const run = readRun(aRun(), scenarios)
    expect(run.cells.map((each) => each.outcome)).toEqual([outcome, undefined])
    expect(run.records(cell)).toEqual([{ type: 'value', value: 3, elapsed_ms: 1.5 }])
  })

  it('leaves out half a line at the end of any file, were it JSON or not', () => {
    const path = aRun()
    for (const name of ['cells.ndjson', 'hosts.ndjson', raw]) appendFileSync(join(path, name), '{"id":"sm')
    expect(readRun(path, scenarios).records(cell).length).toBe(1)
    appendFileSync(join(path, raw), 'all"}')
    expect(readRun(path, scenarios).records(cell).length).toBe(1)
  })

  it('counts the last outcome of a cell', () => {
    const path = aRun()
    appendFileSync(
      join(path, 'cells.ndjson'),
      `${JSON.stringify({ ...outcome, state: 'failed', reason: 'later' })}\n`,
    )
    expect(readRun(path, scenarios).cells[0]?.outcome?.reason).toBe('later')
  })

  it.each([
    ['no JSON', raw, '{"type":\n', /raw\/small\/1\.ndjson:3.*expected a JSON object/],
    ['no object', raw, '7\n', /raw\/small\/1\.ndjson:3/],
    ['no record', raw, '{"type":"value"}\n', /raw\/small\/1\.ndjson:3.*elapsed_ms/],
    ['an empty line', raw, '\n', /raw\/small\/1\.ndjson:3/],
    ['no outcome', 'cells.ndjson', '{"id":"small/2","state":"perhaps"}\n', /cells\.ndjson:2.*state/],
    [
      'a cell that the campaign does not have',
      'cells.ndjson',
      `${JSON.stringify({ ...outcome, id: 'small/9' })}\n`,
      /cells\.ndjson.*no cell small\/9/,
    ],
    [
      'a stage with a wrong number',
      'hosts.ndjson',
      '{"stage":4,"hosts":[]}\n',
      /hosts\.ndjson:2.*expected stage 1/,
    ],
  ])('refuses a whole line that is %s, with its file and its number', (_what, name, line, message) => {
    const path = aRun()
    appendFileSync(join(path, name), line)
    expect(() => readRun(path, scenarios).records(cell)).toThrow(message)
  })

  it('refuses a raw file of another cell', () => {
    const path = aRun()
    const other = join(path, 'raw/small/2.ndjson')
    mkdirSync(dirname(other), { recursive: true })
    writeFileSync(other, readFileSync(join(path, raw)))
    expect(() => readRun(path, scenarios).records(aCell({ id: 'small/2' }))).toThrow(/2\.ndjson:1.*small\/2/)
  })

  it('refuses a folder that is no run, and facts of a format that it does not know', () => {
    expect(() => readRun(aFolder(), scenarios)).toThrow(/not the folder of a run/)
    const path = aRun()
    writeFileSync(join(path, 'run.json'), JSON.stringify({ ...someFacts(), format: 2 }))
    expect(() => readRun(path, scenarios)).toThrow(/run\.json.*format/)
    writeFileSync(join(path, 'run.json'), '{"format":')
    expect(() => readRun(path, scenarios)).toThrow(/run\.json/)
  })
})

describe('runs that one report is made of', () => {
  const run = (folder: string, facts = someFacts(), seed = 7) => ({
    ...readRun(aRun(), scenarios),
    folder,
    facts,
    campaign: { ...aCampaign(...scenarios), seed },
  })

  it('are put together when version, commit and campaign are the same', () => {
    expect(() => assertSameVersion([run('a'), run('b'), run('c')])).not.toThrow()
    expect(() => assertSameVersion([run('a')])).not.toThrow()
  })

  it('are refused with everything that differs, and whose it is', () => {
    const others = [run('a'), run('b', someFacts({ shoal: '0.2.0' }, 'def5678')), run('c', someFacts(), 8)]
    expect(() => assertSameVersion(others)).toThrow(
      /Shoal: 0\.1\.0 \(a\), 0\.2\.0 \(b\), 0\.1\.0 \(c\)\n.*commit: abc1234 \(a\), def5678 \(b\).*\n.*seed: 7 \(a\), 7 \(b\), 8 \(c\)/,
    )
    expect(() => assertSameVersion(others)).toThrow(expect.objectContaining({ code: 'RESULTS_MIXED' }))
  })

  it('are refused when one was emulated and the other measured: no mean is of both', () => {
    expect(() => assertSameVersion([run('a'), run('b', someFacts({ kind: 'real' }))])).toThrow(
      /differ in\n {2}hosts: lab \(a\), real \(b\)$/,
    )
  })

  it('are refused when a setting of a scenario differs', () => {
    const [scenario] = scenarios
    if (scenario === undefined) throw new Error('no scenario')
    const other = run('b')
    const campaign = { ...other.campaign, scenarios: [{ scenario, settings: { sizes: [1] } }] }
    expect(() => assertSameVersion([run('a'), { ...other, campaign }])).toThrow(
      /settings of small: \{\} \(a\), \{"sizes":\[1\]\} \(b\)/,
    )
  })
})
