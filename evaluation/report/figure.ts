// A figure as data: what is drawn, with its intervals and raw values, and how it was taken. How it looks is decided elsewhere.
import type { Origin } from '../scenarios/observation.ts'
import type { Estimate } from '../statistics.ts'

export interface Axis {
  readonly title: string
  /** As printed: `ms`, `%`, `W`; empty for a count or a name. Values are in it already. */
  readonly unit: string
}

interface PanelHead {
  readonly title: string
  readonly x: Axis
  readonly y: Axis
  /** Of what is in it, each once; left out: those of its figure. */
  readonly origins?: readonly Origin[]
}

/** Bars in groups with intervals and raw values beside each: the paper's usual form. */
export interface BarsPanel extends PanelHead {
  readonly kind: 'bars'
  /** In order, left to right; each may be grouped further by `series`. */
  readonly categories: readonly string[]
  readonly series: readonly string[]
  readonly bars: readonly {
    readonly category: string
    readonly series: string
    /** Mean and its 95 % interval; null with fewer than two values. */
    readonly estimate: Estimate | null
    readonly values: readonly number[]
  }[]
}

/** Bars made of parts, such as the phases of an activation. */
export interface StackPanel extends PanelHead {
  readonly kind: 'stack'
  readonly categories: readonly string[]
  readonly parts: readonly string[]
  readonly bars: readonly {
    readonly category: string
    /** Mean of each part, in the order of `parts`. */
    readonly means: readonly number[]
    /** Of the whole. */
    readonly estimate: Estimate | null
    readonly values: readonly number[]
  }[]
}

/** Curves: over time, over a number of things, or a distribution (`isStep`: the share of values that are at most x). */
export interface LinesPanel extends PanelHead {
  readonly kind: 'lines'
  readonly isStep: boolean
  readonly lines: readonly {
    readonly name: string
    readonly points: readonly (readonly [x: number, y: number])[]
    /** 95 % interval at an x, where there is one. */
    readonly intervals?: readonly (readonly [x: number, low: number, high: number])[]
  }[]
  readonly marks: readonly { readonly x: number; readonly name: string }[]
}

export type Panel = BarsPanel | StackPanel | LinesPanel

export interface Figure {
  /** `fig-5`, `table-1`, `containers-per-device`; unique in a report, a file name. */
  readonly id: string
  /** `Fig. 5`, `Table I`, `beyond the paper`. */
  readonly paper: string
  readonly title: string
  /** How it was taken and what one value is: one or two sentences. */
  readonly caption: string
  /** Of what is in it, each once. */
  readonly origins: readonly Origin[]
  /** Empty panels are left out; a figure without panels says in the report that there is no data. */
  readonly panels: readonly Panel[]
  /** Failed cells or requests that would have been in it. */
  readonly failures: number
}

export function originsOfPanel({ origins }: Pick<Figure, 'origins'>, panel: Panel): readonly Origin[] {
  return panel.origins ?? origins
}
