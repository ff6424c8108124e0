// What all panels have in common: size, letters, axes, legend. Vega-Lite's words, not drawn yet.
import type { Config } from 'vega-lite'
import type { Axis, Panel } from './figure.ts'
import { faint, font, ink } from './palette.ts'
import { widthOf } from './text-width.ts'

/** Of a panel, in units of its own: it is scaled to the width of the page, down to 320 px on a phone. */
export const panelWidth = 400
export const panelHeight = 300

const lettersPerLine = 46
const titleLetters = { x: 44, y: 28 } as const

/** Of Arial at 13 units, about, in words. */
export const letterWidth = 6.5

const legendSize = 13
/** Between two columns of a legend. */
const columnPadding = 10
/** Of a legend's mark, with the gap to its name. */
const symbolRoom = 18

export interface PanelText {
  /** `emulated`, `emulated, modelled` */
  readonly origin: string
  /** `10 values a bar` */
  readonly count: string
}

/** A loose shape: Vega-Lite's own type of a specification is too wide to build one by parts. */
export type Part = Readonly<Record<string, unknown>>

export function titlePart(panel: Panel, { origin, count }: PanelText): Part {
  return {
    text: wrap(panel.title, lettersPerLine),
    subtitle: wrap(`${origin} · ${count}`, lettersPerLine + 10),
    anchor: 'start',
    frame: 'bounds',
    offset: 8,
  }
}

/** In lines of what fits along the axis. */
export function axisTitle({ title, unit }: Axis, channel: 'x' | 'y', note = ''): string[] {
  return wrap(`${unit === '' ? title : `${title} (${unit})`}${note}`, titleLetters[channel])
}

/** An interval of few values may reach below 0 where no value can be: it is drawn to there. */
export function lowestShown(values: readonly number[]): number {
  return values.every((value) => value >= 0) ? 0 : Number.NEGATIVE_INFINITY
}

/** Lines of at most so many letters, broken between words; a longer word stays whole. */
export function wrap(text: string, letters: number): string[] {
  const lines: string[] = []
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= letters)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

interface Legend {
  readonly title: null
  readonly orient: 'top'
  readonly columns: number
}

/** Names in rows above the panel, as many columns as fit into `room` units. */
export function legendPart(names: readonly string[], room = panelWidth - 90): Legend | null {
  if (names.length < 2) return null
  const entry =
    Math.max(...names.map((name) => widthOf({ fontSize: legendSize }, name))) + symbolRoom + columnPadding
  return {
    title: null,
    orient: 'top',
    columns: Math.max(1, Math.min(names.length, Math.floor((room + columnPadding) / entry))),
  }
}

/** What a legend of more than one row takes beside the plot, in units. */
export function furtherRows(names: readonly string[], legend: Legend | null): number {
  return legend === null ? 0 : 22 * (Math.ceil(names.length / legend.columns) - 1)
}

export const config: Config = {
  aria: false,
  background: '#ffffff',
  font,
  padding: 6,
  title: {
    color: ink,
    subtitleColor: '#444444',
    fontSize: 15,
    subtitleFontSize: 13.5,
    fontWeight: 'bold',
    subtitleFontStyle: 'italic',
  },
  axis: {
    labelFontSize: 13,
    titleFontSize: 13.5,
    titleFontWeight: 'normal',
    labelColor: ink,
    titleColor: ink,
    gridColor: '#e8e8e8',
    domainColor: '#555555',
    tickColor: '#555555',
    labelLimit: 400,
    labelFlush: false,
    titleLimit: 400,
  },
  legend: {
    labelFontSize: legendSize,
    labelColor: ink,
    labelLimit: 400,
    symbolSize: 130,
    offset: 6,
    rowPadding: 3,
    columnPadding,
  },
  view: { stroke: faint },
}
