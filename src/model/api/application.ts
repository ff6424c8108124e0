// Applications in the cluster as the HTTP API lists them.
import { z } from 'zod'
import { serviceAnswer } from './service.ts'

export const applicationAnswer = z.object({
  name: z.string(),
  services: z.array(
    serviceAnswer.pick({ service: true, name: true, state: true, active: true, standby: true }),
  ),
})

export const applicationsAnswer = z.object({ applications: z.array(applicationAnswer) })

export const applicationParams = z.object({ application: z.string() })
