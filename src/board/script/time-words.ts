// Times as a script writes them: spans such as `30`, `30s`, `1.5m`, `200ms`, and times of day such as `06:30`.
import * as z from 'zod/mini'
import { describe } from './section.ts'

const unitS = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 } as const

/** @returns seconds, undefined for what is no span */
export function spanS(value: unknown): number | undefined {
  if (typeof value === 'number') return value >= 0 && value <= longestSpanS ? value : undefined
  const match = /^(\d{1,9}(?:\.\d{1,6})?)(ms|s|m|h|d)$/.exec(typeof value === 'string' ? value : '')
  if (match === null) return undefined
  const seconds = Number(match[1]) * unitS[match[2] as keyof typeof unitS]
  return seconds <= longestSpanS ? seconds : undefined
}

/** Ten years: beyond it the milliseconds of a float are not far from its last bit. */
const longestSpanS = 10 * 366 * 86_400

/** @returns second of the day, undefined for what is no time of day */
export function timeOfDayS(value: unknown): number | undefined {
  const match = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(typeof value === 'string' ? value : '')
  return match === null ? undefined : Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3] ?? 0)
}

export const span = z.pipe(
  z.unknown().check(
    z.refine((value) => spanS(value) !== undefined, {
      error: ({ input }) => wrong(input, 'seconds, or a span such as 30s, 5m, 1h, 200ms'),
    }),
  ),
  z.transform((value) => spanS(value) ?? 0),
)

export const timeOfDay = z.pipe(
  z.unknown().check(
    z.refine((value) => timeOfDayS(value) !== undefined, {
      error: ({ input }) => wrong(input, 'a time of day in quotes, such as "06:30"'),
    }),
  ),
  z.transform((value) => timeOfDayS(value) ?? 0),
)

function wrong(input: unknown, expected: string): string {
  return input === undefined ? 'is missing' : `expected ${expected}; got ${describe(input)}`
}
