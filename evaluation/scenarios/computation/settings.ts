// Which computation is asked for, how often, for how long (paper §V.B, Figures 6, 7 and 9).
import * as z from 'zod/mini'
import { operations } from '../../computation.ts'
import { links } from '../../hosts/stage.ts'
import { count, seconds, someOf } from '../settings.ts'

const computationModes = ['pair', 'cluster'] as const

export const computationSettings = z.strictObject({
  links: someOf(links, ['ethernet', 'wlan']),
  modes: someOf(computationModes, computationModes),
  operations: someOf(operations, operations),
  repetitions: count(1, 1000, 5),
  /** Of one interval. */
  forSeconds: seconds(3, 3600, 10),
  /** Integers a request. */
  size: count(1, 100_000, 2000),
  /** Sent by a schedule, whether those before have been answered or not. */
  requestsPerSecond: z._default(z.number().check(z.minimum(0.1), z.maximum(1000)), 10),
  /** How long each operation is asked for, one request after the other, when the service has started: its code gets compiled as in steady use. */
  warmUpSeconds: seconds(0, 600, 3),
  /** Requests before each interval, one after the other. */
  warmUps: count(0, 10_000, 3),
  /** Longest wait for one answer. */
  deadlineSeconds: seconds(0.1, 120, 10),
})

export type ComputationSettings = z.infer<typeof computationSettings>
