// An activation over HTTP: the same as a POST over CoAP.
import { z } from 'zod'

export const activationRequest = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(255)
    .describe('An application, whose front service is meant, or `APPLICATION.SERVICE`'),
})

export const activationParams = z.object({ name: z.string() })

export const activationAnswer = z.object({
  name: z.string(),
  endpoint: z.string().describe('`coap://HOST:PORT`'),
  wasActive: z.boolean().describe('Whether an instance answered already'),
  activationMs: z.number(),
  phasesMs: z.record(z.string(), z.number()).describe('schedule, create, start, ready'),
})

export type ActivationAnswer = z.infer<typeof activationAnswer>
