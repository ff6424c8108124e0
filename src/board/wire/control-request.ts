// What whoever runs a board may ask of it over its control socket.
import * as z from 'zod/mini'
import { parseLine, requestSchema } from './request-line.ts'

const device = z.string()

const schema = requestSchema([
  z.strictObject({ op: z.literal('status') }),
  z.strictObject({ op: z.literal('time') }),
  /** Edges with a number above `after`; all that are kept without it. */
  z.strictObject({ op: z.literal('record'), after: z.optional(z.int().check(z.gte(0))) }),
  /** A value of null gives the device back to its script. `reading` is one of several that a sensor gives. */
  z.strictObject({
    op: z.literal('set'),
    device,
    value: z.nullable(z.number()),
    reading: z.optional(z.string()),
  }),
  z.strictObject({ op: z.literal('unplug'), device }),
  z.strictObject({ op: z.literal('replug'), device }),
])

export type ControlRequest = z.infer<typeof schema>

/** @returns what is wrong, in words, for a line that is no request */
export function parseControlRequest(line: string): ControlRequest | string {
  return parseLine(schema, line)
}
