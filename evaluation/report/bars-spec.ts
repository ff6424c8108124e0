// Bars with a whisker for the 95 % interval and the raw values beside each; upright where the names fit below, lying down where not.
import type { BarsPanel, StackPanel } from './figure.ts'
import { axisEnd } from './long-tail.ts'
import { colours, ink, markShapes } from './palette.ts'
import {
  axisTitle,
  furtherRows,
  legendPart,
  letterWidth,
  lowestShown,
  type Part,
  panelHeight,
  panelWidth,
  wrap,
} from './panel-spec.ts'

/** Of the room of a category; the rest is the gap to the next. */
const groupShare = 0.84
/** Of the room of a bar; the rest is for its raw values. */
const barShare = 0.62
/** More raw values than this would hide one another: every so many is drawn, evenly through the sorted ones. */
const mostRawValues = 24
/** Of a line of a category's name where bars lie down. */
const lyingLetters = 20

interface Bar {
  readonly category: number
  readonly slot: number
  readonly slots: number
  readonly pieces: readonly { readonly name: string; readonly from: number; readonly to: number }[]
  readonly whisker: { readonly low: number; readonly high: number } | undefined
  readonly values: readonly number[]
  readonly name: string
}

export function barsSpec(panel: BarsPanel): Part {
  const bars = panel.bars.flatMap(({ category, series, estimate, values }): Bar[] => {
    const value = estimate?.value ?? values[0]
    if (value === undefined) return []
    return [
      {
        category: panel.categories.indexOf(category),
        slot: panel.series.indexOf(series),
        slots: panel.series.length,
        pieces: [{ name: series, from: 0, to: value }],
        whisker: estimate ?? undefined,
        values,
        name: series,
      },
    ]
  })
  return spec(panel, panel.series, bars)
}

export function stackSpec(panel: StackPanel): Part {
  const bars = panel.bars.map(({ category, means, estimate, values }): Bar => {
    const tops = means.map((_, index) => means.slice(0, index + 1).reduce((sum, mean) => sum + mean, 0))
    return {
      category: panel.categories.indexOf(category),
      slot: 0,
      slots: 1,
      pieces: panel.parts.map((name, index) => ({ name, from: tops[index - 1] ?? 0, to: tops[index] ?? 0 })),
      whisker: estimate ?? undefined,
      values,
      name: panel.parts[0] ?? '',
    }
  })
  return spec(panel, panel.parts, bars)
}

function spec(panel: BarsPanel | StackPanel, names: readonly string[], bars: readonly Bar[]): Part {
  const { categories } = panel
  const slots = panel.kind === 'bars' ? panel.series.length : 1
  const labels = categories.map((category) =>
    wrap(category, Math.floor((panelWidth - 70) / categories.length / letterWidth)),
  )
  const isLying = labels.some(
    (lines) =>
      lines.some((line) => line.length * letterWidth > (panelWidth - 70) / categories.length) ||
      lines.length > 3,
  )
  const [along, across] = isLying ? (['y', 'x'] as const) : (['x', 'y'] as const)
  const legend = legendPart(names, panelWidth - (isLying ? 50 + lyingLetters * letterWidth : 90))
  const category = {
    type: 'quantitative',
    scale: { domain: [0, categories.length], nice: false, zero: false, reverse: isLying },
    axis: {
      title: axisTitle(panel.x, along),
      values: categories.map((_, index) => index + 0.5),
      labelExpr: `${JSON.stringify(isLying ? categories.map((name) => wrap(name, lyingLetters)) : labels)}[floor(datum.value)]`,
      labelOverlap: false,
      grid: false,
      ticks: false,
      labelPadding: 6,
      ...(isLying ? { titleAngle: -90 } : { labelAngle: 0 }),
    },
  }
  const highest = axisEnd(panel)
  const quantity = {
    type: 'quantitative',
    scale: { zero: true, ...(highest === undefined ? {} : { domainMax: highest, nice: false }) },
    axis: { title: axisTitle(panel.y, across), ...(isLying ? {} : { tickCount: 6 }) },
  }
  const at = (field: string) => ({ [along]: { field, ...category } })
  const value = (field: string) => ({ [across]: { field, ...quantity } })
  const colour = {
    field: 'name',
    type: 'nominal',
    scale: { domain: names, range: colours(names.length) },
    legend,
  }
  const pieces = bars.flatMap((bar) => bar.pieces.map((piece) => ({ ...place(bar), ...piece })))
  const lowest = lowestShown(bars.flatMap(({ values }) => values))
  const whiskers = bars.flatMap((bar) => {
    if (bar.whisker === undefined) return []
    const { low, high } = bar.whisker
    return [{ ...place(bar), low: Math.max(lowest, low), high: Math.min(highest ?? high, high) }]
  })
  const points = bars.flatMap(rawPoints).filter(({ value }) => highest === undefined || value <= highest)
  const line = { type: 'rule', stroke: ink, strokeWidth: 1.6 }
  return {
    width: panelWidth,
    height:
      (isLying ? 120 + categories.length * Math.max(26, slots * 24) : panelHeight) +
      furtherRows(names, legend),
    layer: [
      {
        data: { values: pieces },
        mark: { type: 'rect', stroke: ink, strokeWidth: 0.8 },
        encoding: {
          ...at('start'),
          [`${along}2`]: { field: 'end' },
          ...value('from'),
          [`${across}2`]: { field: 'to' },
          color: colour,
        },
      },
      {
        data: { values: whiskers },
        mark: line,
        encoding: { ...at('middle'), ...value('low'), [`${across}2`]: { field: 'high' } },
      },
      ...(['low', 'high'] as const).map((end) => ({
        // One that was cut off has no end there.
        data: { values: whiskers.filter((each) => each[end] !== (end === 'low' ? lowest : highest)) },
        mark: line,
        encoding: { ...at('capStart'), [`${along}2`]: { field: 'capEnd' }, ...value(end) },
      })),
      {
        data: { values: points },
        mark: { type: 'point', filled: false, size: 16, stroke: ink, strokeWidth: 0.9, opacity: 0.55 },
        encoding: {
          ...at('middle'),
          ...value('value'),
          shape: {
            field: 'name',
            type: 'nominal',
            scale: { domain: names, range: markShapes(names.length) },
            legend,
          },
        },
      },
    ],
  }
}

function place({ category, slot, slots }: Bar) {
  const width = groupShare / slots
  const start = category + (1 - groupShare) / 2 + slot * width
  const bar = width * barShare
  const middle = start + bar / 2
  return {
    start,
    end: start + bar,
    middle,
    capStart: middle - bar * 0.22,
    capEnd: middle + bar * 0.22,
    pointsAt: start + bar,
    pointsEnd: start + width,
  }
}

function rawPoints(bar: Bar) {
  const { pointsAt, pointsEnd } = place(bar)
  return drawnValues(bar.values).map((value, index) => ({
    name: bar.name,
    value,
    // The golden ratio spreads neighbours apart, and is the same every time.
    middle: pointsAt + (pointsEnd - pointsAt) * (0.2 + 0.65 * ((index * 0.618034) % 1)),
  }))
}

/** At most 24 of them, the smallest and the largest among these. */
export function drawnValues(values: readonly number[]): readonly number[] {
  if (values.length <= mostRawValues) return values
  const sorted = [...values].sort((a, b) => a - b)
  const step = (sorted.length - 1) / (mostRawValues - 1)
  return Array.from({ length: mostRawValues }, (_, index) => sorted[Math.round(index * step)] as number)
}
