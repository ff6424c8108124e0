// What a bench leaves behind: raw samples, the setting they were taken in, and goals as checked against them.
import { execFileSync } from 'node:child_process'
import os from 'node:os'
import { percentile, type SortedSamples, sortSamples } from '../evaluation/samples.ts'
import { type Estimate, estimateMedian, estimateRatioOfMedians } from '../evaluation/statistics.ts'

export interface BenchSetting {
  readonly commit: string
  readonly takenAt: string
  readonly node: string
  readonly kernel: string
  readonly cpu: string
  readonly cores: number
  /** One-minute load average before the first sample: what else the machine was doing. */
  readonly loadBefore: number
  readonly versions: Readonly<Record<string, string>>
}

export interface Goal {
  readonly goal: string
  /** What was measured, with its interval, in words. */
  readonly figure: string
  readonly met: boolean
}

export interface BenchResult {
  readonly name: string
  readonly setting: BenchSetting
  /** Raw values in the order they were taken: series, then metric with its unit in the name. */
  readonly samples: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>
  /** Requests or runs that gave no value, by series. */
  readonly failures: Readonly<Record<string, number>>
  readonly goals: readonly Goal[]
  /** The tables for docs/benchmarks.md, in Markdown. */
  readonly report: string
}

export interface BenchContext {
  readonly signal: AbortSignal
  /** A line for the person who waits. */
  readonly progress: (line: string) => void
}

export type Bench = (context: BenchContext) => Promise<BenchResult>

export function readSetting(versions: Readonly<Record<string, string>>): BenchSetting {
  const git = (...words: string[]) => execFileSync('git', words, { encoding: 'utf8' }).trim()
  const dirty =
    git('status', '--porcelain', '--', 'src', 'services', 'bench', 'lab', 'evaluation') === '' ? '' : '+'
  return {
    commit: `${git('rev-parse', '--short', 'HEAD')}${dirty}`,
    takenAt: new Date().toISOString(),
    node: process.version,
    kernel: os.release(),
    cpu: os.cpus()[0]?.model ?? 'unknown',
    cores: os.cpus().length,
    loadBefore: os.loadavg()[0] ?? Number.NaN,
    versions,
  }
}

/** `12.3 (11.9 to 12.8)`: the median with its 95 % interval. */
export function renderMedian(values: readonly number[], digits = 1): string {
  if (values.length < 6)
    return values.length === 0
      ? '–'
      : `${percentile(sortSamples(values), 0.5).toFixed(digits)} (too few for an interval)`
  return renderEstimate(estimateMedian(sortSamples(values)), digits)
}

export function renderEstimate({ value, low, high }: Estimate, digits: number): string {
  return `${value.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`
}

/** A goal of the form "at most `limit` times the reference": met when the ratio of the medians is. */
export function checkRatioGoal(
  goal: string,
  measured: readonly number[],
  reference: readonly number[],
  limit: number,
): Goal {
  const ratio = estimateRatioOfMedians(sorted(measured), sorted(reference))
  return { goal, figure: renderEstimate(ratio, 3), met: ratio.value <= limit }
}

function sorted(values: readonly number[]): SortedSamples {
  return sortSamples(values)
}

/** A Markdown table: titles, then one row an array of cells. */
export function renderMarkdownTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n')
}

export function renderGoals(goals: readonly Goal[]): string {
  return renderMarkdownTable(
    ['goal', 'measured', ''],
    goals.map(({ goal, figure, met }) => [goal, figure, met ? 'met' : '**missed**']),
  )
}
