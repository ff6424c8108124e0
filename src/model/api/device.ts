// The devices of the nodes as the HTTP API shows them.
import { z } from 'zod'

export const deviceAnswer = z.object({
  id: z.string().describe('Unique on its node'),
  node: z.string(),
  capability: z.string(),
  present: z
    .boolean()
    .nullable()
    .describe('Whether it is there; null where its node’s agent does not tell at the moment'),
  absence: z.string().describe('Why it is absent; empty where it is present'),
  offered: z.boolean().describe('Whether its Engine offers it, so that instances can claim it'),
  shared: z.int().describe('How many instances may hold it at once; 1 is exclusive'),
  claimedBy: z
    .array(z.string())
    .describe('Instances that hold it, `APPLICATION/SERVICE.SLOT`; without the slot where each node has one'),
  paths: z.array(z.string()).describe('By which `devices:` of a Compose file asks for it'),
})

export const devicesAnswer = z.object({ devices: z.array(deviceAnswer) })

export type DeviceAnswer = z.infer<typeof deviceAnswer>
