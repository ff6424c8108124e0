import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Judgement } from '../../../../evaluation/claims/claim.ts'
import { summarise } from '../../../../evaluation/report/summarise.ts'
import { renderReport, writeReport } from '../../../../evaluation/report/write-report.ts'
import { aCell, anOutcome, aRun, aScenario } from './a-run.ts'
import { someFigures } from './some-figures.ts'

const judgement: Judgement = {
  id: 'wlan-slower',
  paper: '§V.B, Fig. 5',
  statement: 'WLAN is slower',
  test: 'a ratio above 1.05',
  verdict: 'does not hold',
  reason: 'it is not',
  comparisons: [
    {
      name: 'average',
      effect: { value: 1.01, low: 0.9, high: 1.04, count: 10 },
      effectUnit: 'times',
      verdict: 'does not hold',
    },
  ],
  origins: ['emulated'],
}

function summaryOf(reason: string) {
  const cells = [{ cell: aCell('idle/1'), outcome: anOutcome('idle/1', { state: 'failed', reason }) }]
  const scenario = aScenario(() => someFigures())
  return { ...summarise([aRun({ cells, scenario })], []), judgements: [judgement] }
}

describe('the report', () => {
  it('has every figure, verdict and failure in the page, the Markdown and the JSON', async () => {
    const files = await renderReport(summaryOf('w1 is gone'))
    const page = files.get('report.html') ?? ''
    const markdown = files.get('report.md') ?? ''
    const json = JSON.parse(files.get('summary.json') ?? '')
    for (const { id, paper, title, panels } of someFigures()) {
      expect(page).toContain(`id="${id}"`)
      expect(markdown).toContain(`### ${paper}: ${title}`)
      expect(files.has(`figures/${id}.svg`)).toBe(panels.length > 0)
      expect(markdown.includes(`(figures/${id}.svg)`)).toBe(panels.length > 0)
    }
    for (const text of [page, markdown]) {
      expect(text).toContain('does not hold')
      expect(text).toContain('w1 is gone')
      expect(text).toContain('20170401')
      expect(text).toContain('No data')
    }
    expect(page).toContain('2 failed')
    expect(markdown).toContain(
      '2 failed (cells or requests): a failed cell is in none of the numbers, a request',
    )
    expect(json.verdicts).toEqual({ holds: 0, 'does not hold': 1, 'not decidable': 0 })
    expect(json.setting.campaign.seed).toBe(20170401)
    expect(json.figures).toHaveLength(someFigures().length)
  })

  it('asks for nothing outside of itself', async () => {
    const page = (await renderReport(summaryOf('no'))).get('report.html') ?? ''
    expect(page).not.toMatch(/<script|<link|<img|url\(|@import|(src|href)="(?!#)/)
  })

  it('keeps what hosts say as text', async () => {
    const evil = '</td><script>alert(1)</script> | `x` | [a](javascript:b)\n# c'
    const files = await renderReport(summaryOf(evil))
    expect(files.get('report.html')).not.toContain('<script')
    const markdown = files.get('report.md') ?? ''
    expect(markdown).not.toContain('<script')
    expect(markdown).toContain('\\| \\`x\\` \\| \\[a\\](javascript:b) \\# c')
  })

  it('is the same every time', async () => {
    const [one, two] = [await renderReport(summaryOf('no')), await renderReport(summaryOf('no'))]
    expect(two).toEqual(one)
  })
})

describe('writing a report', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'shoal-report-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('replaces a report as a whole, and leaves nothing else', async () => {
    const report = join(folder, 'report')
    mkdirSync(join(report, 'figures'), { recursive: true })
    writeFileSync(join(report, 'figures', 'fig-99.svg'), 'of before')
    await writeReport([aRun({})], report)
    expect(readdirSync(folder)).toEqual(['report'])
    expect(readdirSync(report).sort()).toEqual(['csv', 'report.html', 'report.md', 'summary.json'])
    expect(readFileSync(join(report, 'csv', 'observations.csv'), 'utf8')).toContain('idle,power,W,modelled')
  })

  it('touches no folder that holds something else', async () => {
    writeFileSync(join(folder, 'thesis.txt'), 'mine')
    await expect(writeReport([aRun({})], folder)).rejects.toMatchObject({
      message: expect.stringContaining('thesis.txt'),
      nextStep: 'move that elsewhere, or name a new folder: shoal report /runs/one -o FOLDER',
    })
    expect(readdirSync(folder)).toEqual(['thesis.txt'])
  })

  it('clears away what a writer that was killed has left beside it, and nothing else', async () => {
    const old = new Date(Date.now() - 3_600_000)
    const leave = (name: string, child: string, isOld: boolean) => {
      mkdirSync(join(folder, name, child), { recursive: true })
      if (isOld) utimesSync(join(folder, name), old, old)
    }
    leave('.report-aB3xY9', 'before', true)
    leave('.report-aB3xY8', 'next', false)
    leave('.report-drafts', 'mine', true)
    leave('.report-of-2016', 'next', true)
    await writeReport([aRun({})], join(folder, 'report'))
    expect(readdirSync(folder).sort()).toEqual([
      '.report-aB3xY8',
      '.report-drafts',
      '.report-of-2016',
      'report',
    ])
  })

  it('ends between two figures when it is told to, and leaves the report that is there', async () => {
    const scenario = aScenario(() => someFigures())
    const stop = new AbortController()
    const writing = writeReport([aRun({ scenario })], join(folder, 'report'), stop.signal)
    stop.abort(new Error('stopped by the user'))
    await expect(writing).rejects.toThrow('stopped by the user')
    expect(readdirSync(folder)).toEqual([])
  })

  it('says what the file system refused, and leaves no half', async () => {
    writeFileSync(join(folder, 'file'), '')
    await expect(writeReport([aRun({})], join(folder, 'file', 'report'))).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
    })
    expect(readdirSync(folder)).toEqual(['file'])
  })
})
