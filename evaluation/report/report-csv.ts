// The numbers of a report as flat tables, for whoever computes on.
import type { Course, Observation, Observed } from '../scenarios/observation.ts'
import { roundForFile } from './number-text.ts'

type Cell = string | number | undefined

/** One line an observation; a column for each factor there is. */
export function renderObservations({ observations }: Observed): string {
  const factors = factorNames(observations)
  return renderCsv([
    ['scenario', 'measure', 'unit', 'origin', ...factors, 'repetition', 'value'],
    ...observations.map((each) => [
      ...keyCells(each, factors),
      each.repetition,
      // As it was taken: a table that is computed on is not rounded.
      each.value,
    ]),
  ])
}

/** One line a point; a mark has a name in place of a value. */
export function renderCourses({ courses }: Observed): string {
  const factors = factorNames(courses)
  return renderCsv([
    ['scenario', 'measure', 'unit', 'origin', ...factors, 'repetition', 'seconds', 'value', 'mark'],
    ...courses.flatMap((course) => {
      const key = [...keyCells(course, factors), course.repetition]
      return [
        ...course.points.map(([seconds, value]) => [
          ...key,
          roundForFile(seconds),
          roundForFile(value),
          undefined,
        ]),
        ...course.marks.map(({ seconds, name }) => [...key, roundForFile(seconds), undefined, name]),
      ]
    }),
  ])
}

function keyCells(
  { scenario, measure, unit, origin, factors }: Observation | Course,
  names: readonly string[],
): readonly Cell[] {
  return [scenario, measure, unit, origin, ...names.map((name) => factors[name])]
}

function factorNames(all: readonly (Observation | Course)[]): readonly string[] {
  return [...new Set(all.flatMap(({ factors }) => Object.keys(factors)))].toSorted()
}

/** RFC 4180, lines ended by a line feed. */
function renderCsv(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(renderCell).join(',')}\n`).join('')
}

/** A text that a spreadsheet would take for a formula gets an apostrophe (OWASP, CSV injection); a number is a number. */
function renderCell(cell: Cell): string {
  if (cell === undefined) return ''
  if (typeof cell === 'number') return String(cell)
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text
}
