// What happened in the cluster, as the HTTP API tells it.
import { z } from 'zod'
import type { ClusterEventKind } from '../cluster/event.ts'

const kinds = [
  'node-joined',
  'node-left',
  'node-away',
  'node-back',
  'application-deployed',
  'application-removed',
  'service-activated',
  'service-deactivated',
  'service-updated',
  'service-rolled-back',
  'instance-started',
  'instance-ended',
  'instance-silent',
  'instance-killed',
  'instance-failed',
  'device-absent',
  'device-present',
  'catalogue-changed',
  'registry-down',
  'registry-up',
  'problem',
] as const satisfies readonly ClusterEventKind[]

export const eventAnswer = z.object({
  id: z.int().describe('From 1, one more each; begins anew with the manager'),
  at: z.iso.datetime(),
  kind: z.enum(kinds),
  subject: z.string().describe('A node, an application, a service, an instance or a device'),
  text: z.string(),
})

export const eventsAnswer = z.object({
  session: z.string().describe('Another one after each start of the manager'),
  events: z.array(eventAnswer),
})

export const eventsQuery = z.strictObject({
  since: z.coerce.number().int().min(0).default(0).describe('Those after this id only'),
})

export type EventAnswer = z.infer<typeof eventAnswer>
