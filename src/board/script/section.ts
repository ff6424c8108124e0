// A map of a script with its keys; an unknown one is told with the nearest that is known.
import * as z from 'zod/mini'
import { unknownKeyMessage } from '../../model/problems.ts'

/** A map with these keys and no other. Each unknown key becomes one line of the message, in the order of the issue's keys. */
export function section<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const known = Object.keys(shape)
  return z.strictObject(shape, {
    error: ({ code, input, ...issue }) => {
      if (code === 'unrecognized_keys') {
        return (issue.keys as readonly string[]).map((key) => unknownKeyMessage(key, known)).join('\n')
      }
      return input === undefined
        ? 'is missing'
        : `expected a map with ${known.join(', ')}; got ${describe(input)}`
    },
  })
}

/** A value in words, for "expected …; got …". */
export function describe(input: unknown): string {
  if (input === undefined || input === null) return 'nothing'
  if (Array.isArray(input)) return 'a list'
  if (typeof input === 'object') return 'a map'
  const text = JSON.stringify(input)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
