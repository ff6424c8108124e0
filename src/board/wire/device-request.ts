// What a client may ask of a device: parsed once, strictly.
import * as z from 'zod/mini'

const level = z.union([z.literal(0), z.literal(1)])

const schema = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('open'), as: z.enum(['output', 'input', 'pwm', 'sensor']) }),
  z.strictObject({ op: z.literal('write'), value: level }),
  z.strictObject({
    op: z.literal('pwm'),
    /** Up to where anybody, or a bat, could hear it. */
    frequencyHz: z.number().check(z.gt(0), z.lte(200_000)),
    duty: z.number().check(z.gte(0), z.lte(1)),
  }),
  z.strictObject({ op: z.literal('read') }),
  z.strictObject({ op: z.literal('watch') }),
])

export type DeviceRequest = z.infer<typeof schema>

/** @returns what is wrong, in words, for a line that is no request */
export function parseDeviceRequest(line: string): DeviceRequest | string {
  return parseLine(schema, line)
}

/** One line of JSON by a schema; a text says what is wrong with it. */
export function parseLine<Value extends object>(wanted: z.ZodMiniType<Value>, line: string): Value | string {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return 'a request is one JSON object on one line'
  }
  const result = wanted.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const path = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `
  return `${path}${issue?.message ?? 'not understood'}`
}
