// Observations as the bars of a panel: grouped by their factors, each group with its mean, its interval and its raw values.
import type { BarsPanel } from '../report/figure.ts'
import { type Estimate, estimateMean } from '../statistics.ts'
import type { Observation, Origin } from './observation.ts'

export interface Grouping {
  /** Name of the category of an observation, and of its series: words as they are printed. */
  readonly category: (observation: Observation) => string
  readonly series: (observation: Observation) => string
  /** What values are multiplied with before they are printed: 100 for shares in percent. Default 1. */
  readonly scale?: number
}

/** Categories and series come in the order of the observations. */
export function groupBars(
  observations: readonly Observation[],
  { category, series, scale = 1 }: Grouping,
): Pick<BarsPanel, 'categories' | 'series' | 'bars' | 'origins'> {
  const categories = distinct(observations.map(category))
  const allSeries = distinct(observations.map(series))
  const bars = categories.flatMap((ofCategory) =>
    allSeries.flatMap((ofSeries) => {
      const values = observations
        .filter((each) => category(each) === ofCategory && series(each) === ofSeries)
        .map(({ value }) => value * scale)
      return values.length === 0
        ? []
        : [{ category: ofCategory, series: ofSeries, estimate: estimateOrNull(values), values }]
    }),
  )
  return { categories, series: allSeries, bars, origins: originsOf(observations) }
}

/** In the order in which a plan names them, whatever order they were measured in. @param names of factors, the first weighs most */
export function inOrder(
  observations: readonly Observation[],
  order: Readonly<Record<string, readonly (string | number)[]>>,
): readonly Observation[] {
  const rank = ({ factors }: Observation, name: string) => order[name]?.indexOf(factors[name] ?? '') ?? 0
  return observations.toSorted((a, b) => {
    for (const name of Object.keys(order)) {
      const difference = rank(a, name) - rank(b, name)
      if (difference !== 0) return difference
    }
    return a.repetition - b.repetition
  })
}

export function originsOf(observed: readonly { readonly origin: Origin }[]): readonly Origin[] {
  return distinct(observed.map(({ origin }) => origin))
}

function estimateOrNull(values: readonly number[]): Estimate | null {
  return values.length < 2 ? null : estimateMean(values)
}

function distinct<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)]
}
