// Where a service can run, and per node why not, as the HTTP API tells it.
import { z } from 'zod'

export const explanationAnswer = z.object({
  service: z.string().describe('`APPLICATION/SERVICE`'),
  nodes: z.array(
    z.object({
      node: z.string(),
      able: z.boolean(),
      reasons: z.array(z.string()).describe('Why it cannot; empty where it can'),
    }),
  ),
  troubles: z.array(
    z.object({
      instance: z.int().describe('Its slot'),
      kind: z.enum(['waiting', 'rejected', 'failed']),
      node: z.string().nullable(),
      reason: z.string(),
    }),
  ),
  text: z.string().describe('All of it for a person'),
})

export type ExplanationAnswer = z.infer<typeof explanationAnswer>
