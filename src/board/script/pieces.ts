// Schemas of what several kinds of device share: numbers, windows, curves.
import * as z from 'zod/mini'
import type { Curve } from '../physics/curve.ts'
import type { Window } from '../physics/windows.ts'
import { describe, section } from './section.ts'
import { span, timeOfDay } from './time-words.ts'

/** A number from `min` to `max`. */
export function number(min: number, max: number) {
  const error = ({ input }: { readonly input?: unknown }): string =>
    input === undefined ? 'is missing' : `expected a number from ${min} to ${max}; got ${describe(input)}`
  return z.number({ error }).check(z.gte(min, { error }), z.lte(max, { error }))
}

/** A number above 0. */
export function positive(max: number) {
  const error = ({ input }: { readonly input?: unknown }): string =>
    input === undefined ? 'is missing' : `expected a number above 0, at most ${max}; got ${describe(input)}`
  return z.number({ error }).check(z.gt(0, { error }), z.lte(max, { error }))
}

/** A list; more entries than anybody writes by hand are refused. */
export function list<Item extends z.ZodMiniType>(item: Item, name: string, most = 1000) {
  return z
    .array(item, { error: ({ input }) => `expected a list of ${name}; got ${describe(input)}` })
    .check(z.maxLength(most, { error: `at most ${most} ${name}` }))
}

const windowShape = { from: span, to: z.optional(span), every: z.optional(span) }

/** A span of time with what else it says; `Extra` are its other keys. */
export function windowWith<Extra extends z.core.$ZodLooseShape>(extra: Extra) {
  return section({ ...windowShape, ...extra }).check(({ value, issues }) => {
    const { from, to, every } = value as { from: number; to?: number; every?: number }
    const wrong = (path: string, message: string) =>
      issues.push({ code: 'custom', path: [path], message, input: value })
    if (to !== undefined && to <= from) wrong('to', 'expected a time after from')
    if (every !== undefined && to === undefined) wrong('every', 'a window that comes again needs its end, to')
    else if (every !== undefined && to !== undefined && (every < to - from || every <= 0))
      wrong('every', 'expected at least as long as from to to')
  })
}

export function asWindow(read: {
  readonly from: number
  readonly to?: number | undefined
  readonly every?: number | undefined
}): Window {
  return { fromS: read.from, toS: read.to ?? Number.POSITIVE_INFINITY, everyS: read.every }
}

export const windows = list(windowWith({}), 'windows')

const point = section({ at: span, value: number(-1e9, 1e9) })

const points = list(point, 'points').check(
  z.minLength(1, { error: 'expected at least one point' }),
  z.refine((all) => all.every(({ at }, index) => index === 0 || at > (all[index - 1]?.at ?? 0)), {
    error: 'expected each point later than the one before',
  }),
)

const day = section({
  sunrise: z._default(timeOfDay, 6 * 3600),
  sunset: z._default(timeOfDay, 20 * 3600),
  noon: z._default(number(0, 200_000), 20_000),
  night: z._default(number(0, 200_000), 0),
  clouds: z._default(number(0, 1), 0),
}).check(
  z.refine(({ sunrise, sunset }) => sunset > sunrise, {
    path: ['sunset'],
    error: 'expected a time after sunrise',
  }),
)

const curveSection = section({
  value: z.optional(number(-1e9, 1e9)),
  points: z.optional(points),
  day: z.optional(day),
  driftPerHour: z.optional(number(-1e6, 1e6)),
  wander: z.optional(number(0, 1e6)),
  wanderOver: z.optional(span.check(z.refine((seconds) => seconds > 0, { error: 'expected more than 0' }))),
  noise: z.optional(number(0, 1e6)),
  resolution: z.optional(positive(1e6)),
}).check(({ value, issues }) => {
  const shapes = (['value', 'points', 'day'] as const).filter((key) => value[key] !== undefined)
  const wrong = (message: string, ...path: string[]) =>
    issues.push({ code: 'custom', path, message, input: value })
  if (shapes.length !== 1) wrong('expected one of value, points and day')
  for (const key of ['driftPerHour', 'wander', 'wanderOver'] as const) {
    if (value[key] !== undefined && value.value === undefined) wrong('goes with value', key)
  }
})

/** A number that stays, or a map that says how it moves. */
export const curve = z.union([z.number(), curveSection], {
  error: ({ input }) =>
    input === undefined
      ? 'is missing'
      : `expected a number, or a map with value, points or day; got ${describe(input)}`,
})

export type ReadCurve = z.infer<typeof curve>

const usualWanderS = 600

export function asCurve(read: ReadCurve, startsAtS: number): Curve {
  const { value, points, day, ...steady } = typeof read === 'number' ? { value: read } : read
  if (points !== undefined) {
    return { shape: 'points', points: points.map((one) => ({ atS: one.at, value: one.value })) }
  }
  if (day !== undefined) {
    const { sunrise, sunset, ...light } = day
    return { shape: 'day', startsAtS, sunriseS: sunrise, sunsetS: sunset, ...light }
  }
  const { driftPerHour = 0, wander = 0, wanderOver = usualWanderS } = steady
  return { shape: 'steady', value: value ?? 0, driftPerHour, wander, wanderOverS: wanderOver }
}
