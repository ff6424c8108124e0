// A measure over a number of things: the mean at each number, with its interval; one line a name.
import type { LinesPanel } from '../report/figure.ts'
import { estimateMean } from '../statistics.ts'
import { originsOf } from './bars.ts'
import type { Observation } from './observation.ts'

export interface ScaleLines {
  readonly title: string
  readonly x: string
  readonly y: LinesPanel['y']
  /** What values are multiplied with before they are printed. Default 1. */
  readonly scale?: number
  /** The factor that is the number. */
  readonly factor: string
  readonly line: (observation: Observation) => string
}

export function scalePanel(observations: readonly Observation[], wanted: ScaleLines): LinesPanel {
  const { title, x, y, scale = 1, factor, line } = wanted
  const lines = [...Map.groupBy(observations, line)].map(([name, own]) => {
    const at = [...Map.groupBy(own, ({ factors }) => Number(factors[factor]))]
      .toSorted(([a], [b]) => a - b)
      .map(([number, some]) => ({ number, values: some.map(({ value }) => value * scale) }))
    return {
      name,
      points: at.map(({ number, values }) => [number, mean(values)] as const),
      intervals: at.flatMap(({ number, values }) => {
        if (values.length < 2) return []
        const { low, high } = estimateMean(values)
        return [[number, low, high] as const]
      }),
    }
  })
  return {
    kind: 'lines',
    title,
    x: { title: x, unit: '' },
    y,
    isStep: false,
    lines,
    marks: [],
    origins: originsOf(observations),
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
