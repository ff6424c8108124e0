// What instances write, as the HTTP API hands it on.
import { z } from 'zod'

export const logQuery = z.strictObject({
  follow: z.stringbool().default(false).describe('Goes on until the service is removed'),
  tail: z.coerce
    .number()
    .int()
    .min(0)
    .max(1_000_000)
    .optional()
    .describe('The last lines of each instance only'),
})

export const logLine = z.object({
  stream: z.enum(['stdout', 'stderr']),
  at: z.iso.datetime().nullable(),
  instance: z.string().nullable().describe('`SERVICE.SLOT`; null where the Engine itself speaks'),
  node: z.string().nullable(),
  text: z.string(),
})

export type LogLine = z.infer<typeof logLine>
