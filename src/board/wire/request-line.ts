// One line of JSON to a request, or to words that say what is wrong with it.

import * as z from 'zod/mini'
import english from 'zod/v4/locales/en.js'
import { nearestKey } from '../../model/problems.ts'

const { localeError } = english()

type Option = z.ZodMiniObject<{ op: z.ZodMiniLiteral<string> }>

/** Requests that differ by their `op`; an unknown one is answered with those that there are. */
export function requestSchema<const Options extends readonly [Option, ...Option[]]>(options: Options) {
  const known = options.map((option) => [...option.shape.op._zod.values].join())
  return z.discriminatedUnion('op', options, {
    error: ({ input }) => {
      const op = typeof input === 'object' && input !== null && 'op' in input ? input.op : undefined
      const nearest = typeof op === 'string' ? nearestKey(op.slice(0, 40), known) : undefined
      return nearest === undefined ? `expected an op: ${known.join(', ')}` : `did you mean the op ${nearest}?`
    },
  })
}

/** @returns a text where the line is no such value */
export function parseLine<Value extends object>(schema: z.ZodMiniType<Value>, line: string): Value | string {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return 'a request is one JSON object on one line'
  }
  const result = schema.safeParse(value, { error: localeError })
  if (result.success) return result.data
  const [issue] = result.error.issues
  const path = issue?.path.join('.') ?? ''
  return path === '' || path === 'op' ? (issue?.message ?? 'not understood') : `${path}: ${issue?.message}`
}
