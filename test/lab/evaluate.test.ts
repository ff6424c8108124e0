import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { collect } from '../../lab/run-command.ts'
import { startShoal } from './shoal.ts'

const campaign = `
name: tiny
seed: 5
links: [ethernet]
repetitions: 3
scenarios:
  idle: { forSeconds: 4 }
  response-time: { operations: [average, bubblesort], sizes: [500], warmUps: 1 }
  activation: { modes: [pair], warmUps: 1 }
`

/** Student's t at 97.5 % with two degrees of freedom, from a printed table. */
const t = 4.303

function runShoal(...argv: readonly string[]) {
  return collect(
    startShoal(...argv),
    { timeoutMs: 280_000 },
    () => new Error(`shoal ${argv.join(' ')} did not end`),
  )
}

interface Line {
  readonly [key: string]: unknown
  readonly type: string
  readonly elapsed_ms: number
}

/** Nothing of the report's own code: lines, sums and roots. */
function rawLines(file: string): readonly Line[] {
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
}

function meanAndHalf(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value) / values.length
  const squares = values.map((value) => (value - mean) ** 2).reduce((sum, value) => sum + value)
  const deviation = Math.sqrt(squares / (values.length - 1))
  return { mean, half: (t * deviation) / Math.sqrt(values.length) }
}

describe('a tiny campaign, from end to end', () => {
  const folder = mkdtempSync(join(tmpdir(), 'shoal-evaluate-'))
  const run = join(folder, 'run')
  const raw = (...path: string[]) => rawLines(join(run, 'raw', ...path))
  let summary: {
    readonly figures: readonly {
      readonly id: string
      readonly failures: number
      readonly panels: readonly {
        readonly title: string
        readonly bars?: readonly {
          readonly category: string
          readonly series: string
          readonly estimate: { readonly value: number; readonly low: number; readonly high: number } | null
          readonly values: readonly number[]
        }[]
      }[]
    }[]
    readonly judgements: readonly { readonly id: string; readonly verdict: string }[]
  }

  beforeAll(async () => {
    const file = join(folder, 'tiny.yaml')
    writeFileSync(file, campaign)
    const ended = await runShoal('evaluate', file, '-o', run)
    expect(ended.stderr, ended.stderr).not.toMatch(/^error/m)
    expect(ended.exitCode).toBe(0)
    summary = JSON.parse(readFileSync(join(run, 'report', 'summary.json'), 'utf8'))
  }, 300_000)

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  function bars(figure: string) {
    const found = summary.figures.find(({ id }) => id === figure)
    expect(found?.failures).toBe(0)
    return found?.panels.flatMap((panel) => (panel.bars ?? []).map((bar) => ({ ...bar, panel: panel.title })))
  }

  it('quotes the response times that lie in the raw records, mean and interval', () => {
    const requests = raw('response-time', 'ethernet', '1.ndjson').filter(({ type }) => type === 'request')
    expect(requests).toHaveLength(2 * 2 * 3)
    let compared = 0
    for (const operation of ['average', 'bubblesort'])
      for (const mode of ['native', 'pair']) {
        const times = requests
          .filter((each) => each.operation === operation && each.mode === mode)
          .map((each) => Number(each.responseTimeMs))
        const { mean, half } = meanAndHalf(times)
        const bar = bars('fig-5')?.find(
          (each) =>
            each.panel.toLowerCase().includes(operation) &&
            each.series === (mode === 'pair' ? 'container' : 'native'),
        )
        expect(bar?.estimate?.value, `${operation}, ${mode}`).toBeCloseTo(mean, 2)
        expect((bar?.estimate?.high ?? 0) - mean).toBeCloseTo(half, 1)
        expect(bar?.values.toSorted((a, b) => a - b).at(-1)).toBeCloseTo(Math.max(...times), 2)
        compared += 1
      }
    expect(compared).toBe(4)
  })

  it('quotes the power of idle hosts that their samplers told, second by second', () => {
    const means = [1, 2, 3].map((repetition) => {
      const lines = raw('idle', 'ethernet', `${repetition}.ndjson`)
      const [begin, end] = lines.filter(({ type }) => type === 'interval').map(({ elapsed_ms }) => elapsed_ms)
      const watts = lines
        .filter(
          ({ type, role, elapsed_ms }) =>
            type === 'sample' &&
            role === 'worker' &&
            // A sample is over the second that ends with it.
            elapsed_ms - 1000 > (begin ?? 0) &&
            elapsed_ms < (end ?? 0),
        )
        .map(({ sample }) => (sample as { readonly power_watts: number }).power_watts)
      expect(watts.length).toBeGreaterThan(1)
      return watts.reduce((sum, each) => sum + each) / watts.length
    })
    const bar = bars('table-1')?.find(({ panel, series }) => panel === 'power' && series === 'server')
    // Seconds differ a little in length, and the report weighs them.
    expect(bar?.estimate?.value).toBeCloseTo(meanAndHalf(means).mean, 1)
    expect(bar?.estimate?.value).toBeGreaterThan(1.32)
    expect(bar?.estimate?.value).toBeLessThan(2)
  })

  it('counts no warm-up: three activations are drawn of four', () => {
    const cells = readdirSync(join(run, 'raw', 'activation'), { recursive: true, encoding: 'utf8' })
    expect(cells.filter((name) => name.endsWith('.ndjson'))).toHaveLength(4)
    const [bar] = bars('fig-10') ?? []
    expect(bar?.values).toHaveLength(3)
    expect(bar?.estimate?.value).toBeCloseTo(meanAndHalf(bar?.values ?? []).mean, 1)
  })

  it('has the same numbers in the page, the text and the table of observations', () => {
    const html = readFileSync(join(run, 'report', 'report.html'), 'utf8')
    const text = readFileSync(join(run, 'report', 'report.md'), 'utf8')
    const csv = readFileSync(join(run, 'report', 'csv', 'observations.csv'), 'utf8')
      .trim()
      .split('\n')
    const columns = csv[0]?.split(',') ?? []
    const cell = (line: string, name: string) => line.split(',')[columns.indexOf(name)]
    const times = csv
      .filter((line) => line.startsWith('response-time,response_time'))
      .map((line) => Number(cell(line, 'value')))
    const recorded = raw('response-time', 'ethernet', '1.ndjson').flatMap(({ responseTimeMs }) =>
      typeof responseTimeMs === 'number' ? [responseTimeMs] : [],
    )
    expect(times.toSorted()).toEqual(recorded.toSorted())
    for (const word of ['Fig. 5', 'Fig. 10', 'Table I', 'emulated', 'modelled', 'not decidable']) {
      expect(html).toContain(word)
      expect(text).toContain(word)
    }
    expect(summary.judgements.length).toBeGreaterThan(20)
  })

  it('is made anew from its folder, byte for byte, and goes on without doing anything twice', async () => {
    const before = readFileSync(join(run, 'report', 'report.html'))
    const cells = readFileSync(join(run, 'cells.ndjson'), 'utf8')
    expect((await runShoal('report', run)).exitCode).toBe(0)
    expect(readFileSync(join(run, 'report', 'report.html')).equals(before)).toBe(true)
    expect((await runShoal('evaluate', '-o', run)).exitCode).toBe(0)
    expect(readFileSync(join(run, 'cells.ndjson'), 'utf8')).toBe(cells)
  })
})
