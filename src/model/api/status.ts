// The manager and its cluster at a glance, as the HTTP API tells it.
import { z } from 'zod'

export const statusAnswer = z.object({
  manager: z.object({
    name: z.string().describe('Host name of the machine'),
    version: z.string(),
    address: z.string(),
    startedAt: z.iso.datetime(),
    coap: z.string().describe('`coap://ADDRESS:PORT`'),
    http: z.string().describe('`http://ADDRESS:PORT`'),
    join: z.string().describe('`ADDRESS:PORT` that workers join at'),
  }),
  cluster: z.object({
    id: z.string().describe('Of its authority: the first 16 hexadecimal digits of the fingerprint'),
    heartbeatMs: z.int().describe('Swarm’s own, which stands in when the manager is down'),
  }),
  registry: z.object({ state: z.enum(['up', 'down']), address: z.string() }),
  nodes: z.object({ total: z.int(), ready: z.int(), away: z.int(), down: z.int() }),
  services: z.record(z.string(), z.int()).describe('How many by state'),
  instances: z.record(z.string(), z.int()).describe('How many by state'),
})

export type StatusAnswer = z.infer<typeof statusAnswer>
