// The numbers of a figure as tables, one a panel: who cannot see a figure, or does not believe it, reads these.
import { percentile, sortSamples } from '../samples.ts'
import {
  type BarsPanel,
  type Figure,
  type LinesPanel,
  originsOfPanel,
  type Panel,
  type StackPanel,
} from './figure.ts'
import { formatInterval, formatNumber, formatWhole } from './number-text.ts'
import type { TextTable } from './text-table.ts'

/** More raw values than this are told by their number; all of them are in the CSV. */
const mostRaw = 24
/** Lines with more points than this are told by their span. */
const mostPoints = 40

export function figureTables(figure: Figure): readonly TextTable[] {
  return figure.panels.map((panel) => {
    const origins = originsOfPanel(figure, panel)
    const table = panelTable(panel)
    return origins.length === 0 ? table : { ...table, title: `${table.title} (${origins.join(', ')})` }
  })
}

function panelTable(panel: Panel): TextTable {
  switch (panel.kind) {
    case 'bars':
      return barsTable(panel)
    case 'stack':
      return stackTable(panel)
    case 'lines':
      return panel.isStep ? distributionTable(panel) : linesTable(panel)
  }
}

function barsTable({ title, x, y, bars, series }: BarsPanel): TextTable {
  return {
    title,
    head: [
      x.title,
      ...(series.length > 1 ? ['of'] : []),
      withUnit('mean', y.unit),
      '95 % interval',
      'n',
      'values',
    ],
    rows: bars.map((bar) => [
      bar.category,
      ...(series.length > 1 ? [bar.series] : []),
      ...meanCells(bar.estimate, bar.values),
    ]),
  }
}

function stackTable({ title, x, y, parts, bars }: StackPanel): TextTable {
  return {
    title,
    head: [
      x.title,
      ...parts.map((part) => withUnit(part, y.unit)),
      withUnit('whole, mean', y.unit),
      '95 % interval',
      'n',
      'values',
    ],
    rows: bars.map(({ category, means, estimate, values }) => [
      category,
      ...means.map(formatNumber),
      ...meanCells(estimate, values),
    ]),
  }
}

function meanCells(
  estimate: BarsPanel['bars'][number]['estimate'],
  values: readonly number[],
): readonly string[] {
  const mean = estimate?.value ?? values[0]
  const shown = values.slice(0, mostRaw).map(formatNumber)
  const left = values.length - shown.length
  return [
    mean === undefined ? '–' : formatNumber(mean),
    estimate === null ? 'none of fewer than 2' : formatInterval(estimate),
    String(values.length),
    `${shown.join('; ')}${left > 0 ? `; and ${left} more` : ''}`,
  ]
}

function distributionTable({ title, x, lines }: LinesPanel): TextTable {
  const shares = [0, 0.25, 0.5, 0.75, 0.95, 1]
  const names = ['least', '25 %', 'median', '75 %', '95 %', 'greatest']
  return {
    title,
    head: ['of', ...names.map((name) => withUnit(name, x.unit)), 'n'],
    rows: lines
      .filter(({ points }) => points.length > 0)
      .map(({ name, points }) => {
        const samples = sortSamples(points.map(([value]) => value))
        return [
          name,
          ...shares.map((share) => formatNumber(percentile(samples, share))),
          String(points.length),
        ]
      }),
  }
}

function linesTable({ title, x, y, lines }: LinesPanel): TextTable {
  if (lines.some(({ points }) => points.length > mostPoints)) {
    return {
      title,
      head: [
        'of',
        withUnit('mean', y.unit),
        withUnit('least', y.unit),
        withUnit('greatest', y.unit),
        withUnit('greatest at', x.unit),
        'points',
      ],
      rows: lines
        .filter(({ points }) => points.length > 0)
        .map(({ name, points }) => [name, ...spanCells(points), String(points.length)]),
    }
  }
  return {
    title,
    head: [
      withUnit(x.title, x.unit),
      ...(lines.length > 1 ? ['of'] : []),
      withUnit(y.title, y.unit),
      '95 % interval',
    ],
    rows: lines.flatMap(({ name, points, intervals = [] }) =>
      points.map(([at, value]) => {
        const interval = intervals.find(([x]) => x === at)
        return [
          formatWhole(at),
          ...(lines.length > 1 ? [name] : []),
          formatNumber(value),
          interval === undefined ? '–' : formatInterval({ low: interval[1], high: interval[2] }),
        ]
      }),
    ),
  }
}

function spanCells(points: LinesPanel['lines'][number]['points']): readonly string[] {
  const values = points.map(([, y]) => y)
  const greatest = Math.max(...values)
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const at = points.find(([, y]) => y === greatest)?.[0] ?? Number.NaN
  return [mean, Math.min(...values), greatest, at].map(formatNumber)
}

function withUnit(name: string, unit: string): string {
  return unit === '' ? name : `${name} (${unit})`
}
