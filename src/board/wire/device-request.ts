// What a client may ask of a device: parsed once, strictly.
import * as z from 'zod/mini'
import { parseLine, requestSchema } from './request-line.ts'

const level = z.literal([0, 1])

const schema = requestSchema([
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
