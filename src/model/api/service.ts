// A service and its instances as the HTTP API shows them, and how many of it are to be active.
import { z } from 'zod'

export const instanceAnswer = z.object({
  id: z.string().describe('Swarm’s id of it'),
  slot: z.int().describe('From 1; 0 where each node has one'),
  node: z.string().nullable().describe('null until a node is chosen'),
  state: z.enum(['waiting', 'starting', 'answering', 'running', 'silent', 'standby', 'ended', 'failed']),
  endpoint: z.string().nullable().describe('`coap://HOST:PORT`; null where it has none, or none yet'),
  reason: z.string().describe('Why it waits or failed; often empty'),
  since: z.iso.datetime(),
  image: z.string().describe('With its digest'),
  claims: z.array(z.object({ kind: z.string(), value: z.string() })),
})

export const serviceAnswer = z.object({
  application: z.string(),
  service: z.string(),
  name: z
    .string()
    .describe('As CoAP calls it: `APPLICATION` for the front service, else `APPLICATION.SERVICE`'),
  state: z.enum(['active', 'starting', 'standby', 'stopped', 'updating', 'unplaceable', 'failing']),
  active: z.int().describe('Instances wanted active'),
  standby: z.int().describe('Instances wanted on standby beside them'),
  image: z.string().describe('As the user wrote it'),
  speaksCoap: z.boolean(),
  instances: z.array(instanceAnswer),
})

export const servicesAnswer = z.object({ services: z.array(serviceAnswer) })

export const servicesQuery = z.strictObject({
  application: z.string().optional().describe('Those of one application only'),
})

export const serviceParams = z.object({ application: z.string(), service: z.string() })

export const scaleRequest = z.strictObject({
  active: z.int().min(0).max(10_000).describe('Instances that are to be active'),
})

export type InstanceAnswer = z.infer<typeof instanceAnswer>
export type ServiceAnswer = z.infer<typeof serviceAnswer>
