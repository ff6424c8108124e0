// Settings that several scenarios have: strict, bounded, each with a default.
import * as z from 'zod/mini'

/** A choice out of known words, each at most once, at least one: `links: [ethernet, wlan]`. */
export function someOf<const Word extends string>(known: readonly Word[], byDefault: readonly Word[]) {
  return z._default(
    z.array(z.enum(known)).check(z.minLength(1), z.refine(isDistinct, 'expected each at most once')),
    [...byDefault],
  )
}

/** Distinct whole numbers, such as sizes: `sizes: [1000, 2000]`. */
export function numbersFrom(least: number, most: number, byDefault: readonly number[]) {
  const number = z.int().check(z.minimum(least), z.maximum(most))
  return z._default(
    z.array(number).check(z.minLength(1), z.refine(isDistinct, 'expected each at most once')),
    [...byDefault],
  )
}

/** A whole number: `repetitions: 10`. */
export function count(least: number, most: number, byDefault: number) {
  return z._default(z.int().check(z.minimum(least), z.maximum(most)), byDefault)
}

/** A time in seconds, fractions allowed: `forSeconds: 15`. */
export function seconds(least: number, most: number, byDefault: number) {
  return z._default(z.number().check(z.minimum(least), z.maximum(most)), byDefault)
}

function isDistinct(values: readonly unknown[]): boolean {
  return new Set(values).size === values.length
}
