// What is sent to deploy an application, and what is answered while it comes up.
import { z } from 'zod'
import { errorAnswer } from './error.ts'
import { serviceAnswer } from './service.ts'

export const composeFile = z.strictObject({
  compose: z.string().min(1).describe('The Compose file itself'),
  fileName: z
    .string()
    .min(1)
    .max(4096)
    .describe('For error texts; its folder names the application where the file does not'),
  environment: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string())
    .default({})
    .describe('The variables that the file uses'),
})

/** With all that it needs to be deployed; the catalogue keeps less. */
const wholeComposeFile = composeFile.extend({
  files: z
    .record(z.string().min(1), z.base64())
    .default({})
    .describe(
      'Content of the files that its secrets and configs name, by the path as it stands there; Base64',
    ),
  profiles: z.array(z.string()).max(100).optional().describe('Profiles of the file to take as well'),
})

export const deployRequest = wholeComposeFile.extend({
  dryRun: z.boolean().default(false).describe('Only the plan; nothing is changed'),
  wait: z.boolean().default(true).describe('Whether to wait until the instances answer'),
})

export const imagesRequest = wholeComposeFile

export const imagesAnswer = z.object({
  images: z.array(z.string()).describe('Images of the file that the manager’s registry lacks'),
})

export const planAnswer = z.object({
  application: z.string(),
  steps: z.array(
    z.object({
      kind: z.enum(['create', 'update', 'scale', 'keep', 'remove']),
      service: z.string(),
      changes: z.array(z.string()).describe('In words; empty for what is created, kept or removed'),
    }),
  ),
  objects: z
    .array(
      z.object({
        kind: z.enum(['create', 'remove']),
        object: z.enum(['network', 'secret', 'config']),
        name: z.string().describe('In Swarm'),
      }),
    )
    .describe('Networks, secrets and configs'),
  warnings: z.array(z.string()),
  text: z.string().describe('The plan for a person'),
})

export const deploymentLine = z.discriminatedUnion('type', [
  z.object({ type: z.literal('plan'), plan: planAnswer }),
  z.object({ type: z.literal('progress'), text: z.string() }),
  z.object({
    type: z.literal('done'),
    application: z.string(),
    changed: z.boolean(),
    services: z.array(serviceAnswer),
  }),
  errorAnswer.extend({ type: z.literal('error') }),
])

export type ComposeFile = z.infer<typeof composeFile>
export type PlanAnswer = z.infer<typeof planAnswer>
export type DeploymentLine = z.infer<typeof deploymentLine>
