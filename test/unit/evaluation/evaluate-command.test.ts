import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { evaluateCommand } from '../../../evaluation/evaluate-command.ts'
import { reportCommand } from '../../../evaluation/report-command.ts'
import { scenarios } from '../../../evaluation/scenarios/all.ts'
import { run } from '../../../src/cli/run.ts'

const commands = {
  evaluate: { summary: '', load: async () => evaluateCommand },
  report: { summary: '', load: async () => reportCommand },
}

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-evaluate-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** `evaluate` is stopped before anything is measured: no lab is ever brought up here. */
async function shoal(...argv: readonly string[]) {
  const written = { out: '', err: '' }
  const io = {
    out: (text: string) => {
      written.out += text
    },
    err: (text: string) => {
      written.err += text
    },
    isTerminal: false,
    env: { SHOAL_LAB_DIR: join(folder, 'labs') },
    signal: argv[0] === 'evaluate' ? AbortSignal.abort('SIGINT') : new AbortController().signal,
  }
  return { exitCode: await run(commands, argv, io, '0.0.0'), ...written }
}

const aFile = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

describe('shoal evaluate --dry-run', () => {
  it('prints each scenario of the paper with its cells and its time, and the total', async () => {
    const { exitCode, out, err } = await shoal('evaluate', '--dry-run')
    expect(exitCode, err).toBe(0)
    expect(scenarios.length).toBeGreaterThan(0)
    for (const { name } of scenarios) expect(out).toMatch(new RegExp(`^${name} `, 'm'))
    expect(out.trimEnd().split('\n').at(-1)).toMatch(/^\d+ cells on \d+ stages take about .+ min$/)
  })

  it('prints the same as JSON, and its times add up', async () => {
    const { out } = await shoal('evaluate', '--quick', '--dry-run', '--json')
    const matrix = JSON.parse(out)
    const cellsMs = matrix.scenarios.reduce(
      (sum: number, row: { expectedMs: number }) => sum + row.expectedMs,
      0,
    )
    expect(matrix).toMatchObject({ name: 'quick', seed: 2017, board: 'pi3b' })
    expect(matrix.expectedMs).toBe(cellsMs + matrix.stagesMs)
  })

  it('takes a part of a campaign, and another seed', async () => {
    const { out } = await shoal('evaluate', '--dry-run', '--json', '--seed', '3', '--scenario', 'idle')
    const matrix = JSON.parse(out)
    expect(matrix.seed).toBe(3)
    expect(matrix.scenarios.map(({ scenario }: { scenario: string }) => scenario)).toEqual(['idle'])
  })
})

describe('shoal evaluate', () => {
  it.each([
    [['--seed', 'soon'], /seed/],
    [['--seed', '-1'], /seed/],
    [['--qiuck'], /unknown option '--qiuck'/],
    [['a.yaml', 'b.yaml'], /too many arguments/],
    [['--quick', 'a.yaml'], /--quick is a campaign of its own/],
    [['--scenario', 'sesning'], /no scenario sesning; did you mean sensing\?/],
    [['--scenario', 'idle', 'mine.yaml'], /next: name the file before --scenario/],
    [['sensing', '--mode', 'pair'], /unknown option '--mode'/],
  ])('calls %j wrong usage', async (argv, message) => {
    const { exitCode, err } = await shoal('evaluate', ...argv)
    expect(err).toMatch(message)
    expect(exitCode).toBe(2)
  })

  it.each([
    ['an unknown key', 'link: [wlan]', 'link: unknown key "link"; did you mean "links"? (line 1)'],
    [
      'an unknown value of a factor',
      'seed: 1\nlinks: [wifi]',
      'links[0]: expected one of ethernet, wlan, direct, got "wifi" (line 2)',
    ],
    [
      'an unknown value in a scenario',
      'scenarios:\n  sensing:\n    capabilities: [lasre]',
      'scenarios.sensing.capabilities[0]: expected one of laser, active-buzzer, passive-buzzer, sound, light, flame, humidity, got "lasre"; did you mean "laser"? (line 3)',
    ],
    ['a list', '- idle', '(the file): expected a mapping, got a list (line 1)'],
    ['no YAML', 'links: [wlan', 'line 1, column 13: '],
    [
      'an unknown scenario',
      'scenarios: {idel: }',
      'scenarios.idel: unknown key "idel"; did you mean "idle"?',
    ],
  ])('tells what is wrong in a file with %s, and starts nothing', async (_, text, problem) => {
    const file = aFile('wrong.yaml', text)
    const { exitCode, err } = await shoal('evaluate', file, '-o', join(folder, 'never'))
    expect(err).toContain(
      `error[CAMPAIGN_INVALID]: read, the campaign, ${file}: one problem; nothing was started`,
    )
    expect(err).toContain(`\n  ${problem}`)
    expect(exitCode).toBe(1)
    expect(existsSync(join(folder, 'never'))).toBe(false)
  })

  it('says which file it cannot read: a campaign, an inventory', async () => {
    const absent = join(folder, 'absent.yaml')
    for (const argv of [[absent], ['--dry-run', '--inventory', absent]]) {
      const { exitCode, err } = await shoal('evaluate', ...argv)
      expect(err).toMatch(/^error\[FILE_UNREADABLE\]: read, .*absent\.yaml: ENOENT/)
      expect(exitCode).toBe(1)
    }
  })

  it('takes the first word for a file, and says how a scenario is asked for', async () => {
    const { exitCode, err } = await shoal('evaluate', 'sensing')
    expect(err).toMatch(/^error\[FILE_UNREADABLE\]: .*\n {2}next: shoal evaluate --scenario sensing\n$/)
    expect(exitCode).toBe(1)
  })

  it('leaves a folder alone that holds something else', async () => {
    const other = join(folder, 'other')
    mkdirSync(other)
    writeFileSync(join(other, 'mine.txt'), 'mine')
    const { exitCode, err } = await shoal('evaluate', '-o', other)
    expect(err).toMatch(/^error\[FILE_UNWRITABLE\]: make, .*other: it is not empty, and no run/)
    expect(exitCode).toBe(1)
    expect(readdirSync(other)).toEqual(['mine.txt'])
  })

  it('tells the length before it starts; stopped, it says how it goes on, and does, with no other campaign', async () => {
    const file = aFile('mine.yaml', 'name: mine\nscenarios: {idle: {links: [wlan]}}')
    const output = join(folder, 'run')
    const first = await shoal('evaluate', file, '-o', output)
    expect(first.err).toMatch(
      /^campaign mine: 5 cells on 1 stage take about \d+ min \d+ s\nraw records go to /,
    )
    expect(first.err).toMatch(/stopped; 0 of 5 cells are done and kept.*\n {2}shoal evaluate -o \S*run\n$/)
    expect(first.exitCode).toBe(130)

    expect((await shoal('evaluate', '-o', output)).err).toMatch(/^campaign mine: 5 cells/)
    expect((await shoal('evaluate', file, '-o', output)).exitCode).toBe(130)

    const other = await shoal('evaluate', file, '--seed', '4', '-o', output)
    expect(other.err).toMatch(/^error\[RESULTS_MIXED\]: go on with, .*run: .*\n {2}seed: 2017 there, 4 now\n/)
    expect(other.exitCode).toBe(1)
  })
})

describe('a run that goes on', () => {
  /** Of one cell of five that is done. */
  async function aRun(name: string): Promise<string> {
    const path = join(folder, name)
    const file = aFile('goes-on.yaml', 'name: mine\nscenarios: {idle: {links: [wlan]}}')
    await shoal('evaluate', file, '-o', path)
    const outcome = { id: 'idle/wlan/1', state: 'done', startedAt: 'now', tookMs: 1, stage: 0 }
    writeFileSync(join(path, 'cells.ndjson'), `${JSON.stringify(outcome)}\n`)
    return path
  }

  const change = (path: string, edit: (text: string) => string) =>
    writeFileSync(path, edit(readFileSync(path, 'utf8')))

  it('is told of as what is left of it, before it is gone on with', async () => {
    const path = await aRun('left')
    const { out } = await shoal('evaluate', '--dry-run', '-o', path)
    expect(out).toMatch(/^4 cells on 1 stage take about .*\n1 of 5 cells are done already\n$/m)
    const { done, cells } = JSON.parse((await shoal('evaluate', '--dry-run', '--json', '-o', path)).out)
    expect({ done, cells }).toEqual({ done: 1, cells: 4 })
    expect((await shoal('evaluate', '-o', path)).err).toMatch(/^campaign mine: 4 cells .*\n1 of 5 cells/)
  })

  it('is refused to another version for that, and not for a campaign that this one does not know', async () => {
    const path = await aRun('older')
    change(join(path, 'run.json'), (text) => text.replace(/"shoal": "[^"]+"/, '"shoal": "0.0.9"'))
    change(join(path, 'campaign.json'), (text) => text.replace('forSeconds', 'seconds'))
    const { exitCode, err } = await shoal('evaluate', '-o', path)
    expect(err).toMatch(/^error\[RESULTS_MIXED\]: go on with, .*\n {2}Shoal: 0\.0\.9 /)
    expect(exitCode).toBe(1)
  })

  it('asks for the inventory where it was on real hosts, and refuses one where it was in a lab', async () => {
    const path = await aRun('real')
    const inventory = aFile('hosts.yaml', 'hosts: []')
    expect((await shoal('evaluate', '-o', path, '--inventory', inventory)).err).toMatch(
      /^error\[USAGE\]: go on with, .*real: it is measured in a lab.*\n {2}next: shoal evaluate -o \S*real\n$/,
    )
    change(join(path, 'run.json'), (text) => text.replace('"lab"', '"real"'))
    const { exitCode, err } = await shoal('evaluate', '-o', path)
    expect(err).toMatch(/measured on real hosts.*\n {2}next: shoal evaluate -o \S*real --inventory FILE\n$/)
    expect(exitCode).toBe(2)
  })

  it('is refused before it measures when its report could not be written then', async () => {
    const path = await aRun('strayed')
    mkdirSync(join(path, 'report'))
    writeFileSync(join(path, 'report', 'notes.txt'), 'mine')
    const { exitCode, err } = await shoal('evaluate', '-o', path)
    expect(err).toMatch(
      /^error\[FILE_UNWRITABLE\]: .*notes\.txt\n {2}next: move that elsewhere, or .*: shoal report \S*strayed -o FOLDER\n$/,
    )
    expect(exitCode).toBe(1)
  })
})

describe('shoal report', () => {
  it('calls no folder wrong usage, and says which folder is no run', async () => {
    expect((await shoal('report')).exitCode).toBe(2)
    const { exitCode, err } = await shoal('report', folder)
    expect(err).toMatch(/^error\[FILE_UNREADABLE\]: /)
    expect(exitCode).toBe(1)
  })

  it('never puts runs of different campaigns together, and lists what differs', async () => {
    const runs = ['one', 'two'].map((name) => join(folder, name))
    for (const [index, path] of runs.entries())
      await shoal('evaluate', '--seed', String(index), '--scenario', 'idle', '-o', path)
    const { exitCode, err } = await shoal('report', ...runs, '-o', join(folder, 'mixed'))
    expect(err).toMatch(/^error\[RESULTS_MIXED\]: .*\n {2}seed: 0 \(.*one\), 1 \(.*two\)/)
    expect(exitCode).toBe(1)
    expect(existsSync(join(folder, 'mixed'))).toBe(false)
  })

  it('takes the power of a DAQ only of real hosts, and says what it needs to read it', async () => {
    const run = join(folder, 'of-a-lab')
    await shoal('evaluate', '--scenario', 'idle', '-o', run)
    const daq = `worker=${aFile('volts.csv', '1000,0.1\n')}`
    const alone = await shoal('report', run, '--daq', daq)
    expect(alone.err).toMatch(/^error\[USAGE\]: .*needs --daq-config/)
    expect(alone.exitCode).toBe(2)
    const config = aFile('daq.yaml', 'time: 0\ntimeUnit: epoch-s\nshunt: 1\nshuntOhms: 1\nsupplyVolts: 5\n')
    const ofLab = await shoal('report', run, '--daq', daq, '--daq-config', config)
    expect(ofLab.err).toMatch(/^error\[DAQ_INVALID\]: .*taken in a lab/)
    expect(existsSync(join(run, 'report'))).toBe(false)
  })

  it('reports a run of which nothing is done yet, as far as that goes', async () => {
    const run = join(folder, 'none')
    await shoal('evaluate', '--scenario', 'idle', '-o', run)
    const { exitCode, out, err } = await shoal('report', run)
    expect(exitCode, err).toBe(0)
    expect(out).toMatch(/0 of 10 cells done, 10 not run/)
    expect(existsSync(join(run, 'report', 'report.html'))).toBe(true)
    const { judgements, cells } = JSON.parse((await shoal('report', run, '--json')).out)
    expect(cells).toEqual({ planned: 10, done: 0, failed: 0 })
    for (const { verdict } of judgements) expect(verdict).toBe('not decidable')
  })
})
