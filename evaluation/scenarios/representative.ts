// Which of several repetitions a curve is drawn of: curves of different repetitions have no mean that looks like any of them.
import { median, sortSamples } from '../samples.ts'
import type { Course, Factors, Observed } from './observation.ts'

/** Of the courses with these factors the one whose mean CPU is nearest to the median of the means; undefined where there is none. */
export function representative({ courses, observations }: Observed, factors: Factors): Course | undefined {
  const isOurs = (of: { readonly factors: Factors; readonly measure: string }) =>
    of.measure === 'cpu' && Object.entries(factors).every(([name, value]) => of.factors[name] === value)
  const means = observations.filter(isOurs)
  if (means.length === 0) return undefined
  const middle = median(sortSamples(means.map(({ value }) => value)))
  const [nearest] = means.toSorted((a, b) => Math.abs(a.value - middle) - Math.abs(b.value - middle))
  return courses.find((course) => isOurs(course) && course.repetition === nearest?.repetition)
}
