// The catalogue as the HTTP API shows it: Compose files that are activated by name.
import { z } from 'zod'

export const catalogueParams = z.object({ name: z.string() })

export const catalogueEntryAnswer = z.object({
  name: z.string(),
  services: z.array(z.string()),
  fileName: z.string(),
  addedAt: z.iso.datetime(),
})

export const catalogueAnswer = z.object({ entries: z.array(catalogueEntryAnswer) })

export const catalogueFileAnswer = catalogueEntryAnswer.extend({
  compose: z.string().describe('The Compose file as it was added'),
  variables: z
    .array(z.string())
    .describe('Names of the variables that were added with it; their values stay in the cluster'),
})

export type CatalogueEntryAnswer = z.infer<typeof catalogueEntryAnswer>
export type CatalogueFileAnswer = z.infer<typeof catalogueFileAnswer>
