// Curves with marks: over time, over a number of things, or a distribution as steps.
import type { LinesPanel } from './figure.ts'
import { hasLongTail } from './long-tail.ts'
import { lineColours, lineDashes, markShapes } from './palette.ts'
import {
  axisTitle,
  furtherRows,
  legendPart,
  lowestShown,
  type Part,
  panelHeight,
  panelWidth,
} from './panel-spec.ts'

/** With more points than this on a line, only every so many gets its shape. */
const mostShapes = 12
/** Moments of one name beyond this many are named once: `get (24 times)`. */
const mostNamedMarks = 2
/** Of the width of the panel: names of moments closer than this would lie on one another. */
const closestNames = 0.05
/** Of the highest value: room for the names of the moments. */
const roomForNames = 1.6

export function linesSpec(panel: LinesPanel): Part {
  const names = panel.lines.map(({ name }) => name)
  const values = panel.lines.flatMap(({ points }) => points)
  const xs = values.map(([x]) => x)
  const x = xPart(panel, xs)
  const marks = markLabels(panel.marks, Math.max(...xs) - Math.min(...xs))
  const highest = Math.max(...values.map(([, y]) => y))
  const y = {
    field: 'y',
    type: 'quantitative',
    scale: {
      zero: true,
      ...(marks.length === 0 || !(highest > 0) ? {} : { domainMax: highest * roomForNames, nice: false }),
    },
    axis: { title: axisTitle(panel.y, 'y'), tickCount: 6 },
  }
  const named = (channel: string, range: readonly unknown[]) => ({
    [channel]: { field: 'name', type: 'nominal', scale: { domain: names, range }, legend: legendPart(names) },
  })
  const colour = named('color', lineColours(names.length))
  const points = panel.lines.flatMap(({ name, points }) =>
    points.map(([x, y], index) => ({ name, x, y, index })),
  )
  const lowest = lowestShown(values.map(([, y]) => y))
  const intervals = panel.lines.flatMap(({ name, intervals = [] }) =>
    intervals.map(([x, low, high]) => ({ name, x, low: Math.max(lowest, low), high })),
  )
  return {
    width: panelWidth,
    height: panelHeight + furtherRows(names, legendPart(names)),
    layer: [
      {
        data: { values: marks },
        mark: { type: 'rule', stroke: '#777777', strokeWidth: 1, strokeDash: [3, 3] },
        encoding: { x },
      },
      ...(intervals.length === 0 ? [] : [whiskers(intervals, x, y, colour)]),
      {
        data: { values: points },
        mark: { type: 'line', strokeWidth: 2, ...(panel.isStep ? { interpolate: 'step-after' } : {}) },
        encoding: {
          x,
          y,
          ...colour,
          ...named('strokeDash', lineDashes(names.length)),
          order: { field: 'index' },
        },
      },
      {
        data: {
          values: panel.lines.flatMap(({ name, points }) =>
            shapePoints(points).map(([x, y]) => ({ name, x, y })),
          ),
        },
        mark: { type: 'point', filled: true, size: 55, opacity: 1 },
        encoding: { x, y, ...colour, ...named('shape', markShapes(names.length)) },
      },
      {
        data: { values: marks.filter(({ label }) => label !== '') },
        mark: {
          type: 'text',
          align: 'right',
          baseline: 'top',
          angle: 270,
          dx: -3,
          dy: 2,
          fontSize: 13,
          fill: '#444444',
          lineBreak: '\n',
        },
        encoding: { x, y: { value: 0 }, text: { field: 'label' } },
      },
    ],
  }
}

/** Counts are named each, so that there is no half container; a long tail gets a logarithmic axis. */
function xPart(panel: LinesPanel, xs: readonly number[]): Part {
  const part = { field: 'x', type: 'quantitative' }
  if (panel.isStep && hasLongTail(xs)) {
    const title = axisTitle(panel.x, 'x', ', logarithmic')
    return { ...part, scale: { type: 'log', nice: false }, axis: { title, values: oneTwoFive(xs) } }
  }
  const title = axisTitle(panel.x, 'x')
  if (panel.x.unit === '' && xs.every(Number.isInteger)) {
    const axis = { title, values: [...new Set(xs)], labelOverlap: 'greedy' }
    return { ...part, scale: { zero: false, nice: false, padding: 10 }, axis }
  }
  return { ...part, scale: { zero: false, nice: !panel.isStep }, axis: { title, tickCount: 7 } }
}

/** 10, 20, 50, 100 …: what a logarithmic axis names. */
function oneTwoFive(values: readonly number[]): readonly number[] {
  const [least, greatest] = [Math.min(...values), Math.max(...values)]
  const ticks: number[] = []
  for (let power = Math.floor(Math.log10(least)); 10 ** power <= greatest; power += 1) {
    ticks.push(...[1, 2, 5].map((step) => step * 10 ** power))
  }
  return ticks.filter((tick) => tick >= least && tick <= greatest)
}

function whiskers(values: readonly Part[], x: Part, y: Part, colour: Part): Part {
  return {
    data: { values },
    mark: { type: 'rule', strokeWidth: 1.6 },
    encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, ...colour },
  }
}

/** Every so many points, the first and the last among them. */
function shapePoints(points: LinesPanel['lines'][number]['points']) {
  if (points.length <= mostShapes) return points
  const step = (points.length - 1) / (mostShapes - 1)
  return Array.from(
    { length: mostShapes },
    (_, index) => points[Math.round(index * step)] as (typeof points)[number],
  )
}

/** A moment that comes again and again is named at its first time only, with how often it came; names too close to one another share a place. */
export function markLabels(
  marks: LinesPanel['marks'],
  span: number,
): readonly { readonly x: number; readonly label: string }[] {
  const timesOf = (name: string) => marks.filter((mark) => mark.name === name).length
  const named: { x: number; label: string }[] = []
  const bare: { x: number; label: string }[] = []
  for (const [index, { x, name }] of marks.entries()) {
    const times = timesOf(name)
    const isFirst = marks.findIndex((mark) => mark.name === name) === index
    const label = times <= mostNamedMarks ? name : isFirst ? `${name} (${times} times)` : ''
    const near = label === '' ? undefined : named.find((mark) => Math.abs(mark.x - x) < span * closestNames)
    if (near !== undefined) near.label += `,\n${label}`
    if (label === '' || near !== undefined) bare.push({ x, label: '' })
    else named.push({ x, label })
  }
  return [...named, ...bare]
}
