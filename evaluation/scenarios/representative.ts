// Which of several repetitions a curve is drawn of: curves of different repetitions have no mean that looks like any of them.
import { median, sortSamples } from '../samples.ts'
import type { Course, Factors } from './observation.ts'

/** Of the courses of CPU with these factors, of whichever run, the one whose mean is nearest to the median of their means; undefined where there is none. */
export function representative(courses: readonly Course[], factors: Factors): Course | undefined {
  const ours = courses
    .filter(
      (course) =>
        course.measure === 'cpu' &&
        course.points.length > 0 &&
        Object.entries(factors).every(([name, value]) => course.factors[name] === value),
    )
    .map((course) => ({ course, mean: meanOf(course) }))
  if (ours.length === 0) return undefined
  const middle = median(sortSamples(ours.map(({ mean }) => mean)))
  const [nearest] = ours.toSorted((a, b) => Math.abs(a.mean - middle) - Math.abs(b.mean - middle))
  return nearest?.course
}

function meanOf({ points }: Course): number {
  return points.reduce((sum, [, value]) => sum + value, 0) / points.length
}
