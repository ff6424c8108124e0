// What a device that joins and the manager say to each other over TLS: checked on both sides.
import { z } from 'zod'

export const joinRequestSchema = z.strictObject({
  token: z.string().max(256),
  nodeName: z.string().min(1).max(253),
  /** Swarm's id of it, where the device takes itself for a member. */
  nodeId: z.string().max(64).optional(),
  architecture: z.string().max(32),
  engineVersion: z.string().max(64),
  /** Since 1970 by the device's clock. */
  clockSeconds: z.number().int().nonnegative(),
})

export type JoinRequest = z.infer<typeof joinRequestSchema>

export const joinAnswerSchema = z.strictObject({
  clusterId: z.string(),
  /** Whether Swarm has a node of the id that was given: a device that was thrown out does not hear of it. */
  isMember: z.boolean(),
  swarm: z.strictObject({ token: z.string(), managers: z.array(z.string()).min(1) }),
  registry: z.strictObject({
    authority: z.string(),
    username: z.string(),
    password: z.string(),
    authorityPem: z.string(),
  }),
  /** `coap://10.77.0.1:5683` */
  coap: z.string(),
  /** Proves at the goodbye that it is this node. */
  nodeSecret: z.string(),
  clockSeconds: z.number().int().nonnegative(),
})

export type JoinAnswer = z.infer<typeof joinAnswerSchema>

export const leaveRequestSchema = z.strictObject({
  nodeId: z.string().min(1).max(64),
  nodeName: z.string().min(1).max(253),
  nodeSecret: z.string().max(128),
})

export type LeaveRequest = z.infer<typeof leaveRequestSchema>

/** An error of the other side, as it shows it. */
export const errorAnswerSchema = z.object({
  error: z.object({
    code: z.string(),
    action: z.string(),
    object: z.string(),
    place: z.string().optional(),
    reason: z.string(),
    nextStep: z.string().optional(),
  }),
})
