// A node of the cluster as the HTTP API shows it.
import { z } from 'zod'

export const nodeAnswer = z.object({
  id: z.string().describe('Swarm’s id of it'),
  name: z.string(),
  role: z.enum(['manager', 'worker']),
  state: z
    .enum(['ready', 'away', 'down', 'disconnected', 'unknown'])
    .describe('`away`: silent for too long, and set aside until it reports again'),
  awaySince: z.iso.datetime().nullable(),
  availability: z.enum(['active', 'pause', 'drain']).describe('As its operator set it'),
  address: z.string(),
  os: z.string(),
  architecture: z.string().describe('As Go names it: `amd64`, `arm64`, `arm`'),
  cpus: z.number(),
  memoryBytes: z.int(),
  instances: z.int().describe('Instances that run on it or are on their way'),
  hasAgent: z.boolean().describe('Whether its agent reports'),
  engineVersion: z.string(),
  labels: z.record(z.string(), z.string()),
  genericResources: z.array(
    z.union([
      z.object({ kind: z.string(), value: z.string() }),
      z.object({ kind: z.string(), count: z.int() }),
    ]),
  ),
  missingImages: z.array(z.string()).describe('Images that it is to have beforehand and still fetches'),
  problems: z.array(z.string()).describe('What its agent could not do'),
  message: z.string().describe('Swarm’s word for why it is not ready; often empty'),
})

export const nodesAnswer = z.object({ nodes: z.array(nodeAnswer) })

export type NodeAnswer = z.infer<typeof nodeAnswer>
