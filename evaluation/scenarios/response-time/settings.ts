// Which requests are timed, how often (paper §V.B, Fig. 5).
import * as z from 'zod/mini'
import { operations, paperSizes } from '../../computation.ts'
import { links } from '../../hosts/stage.ts'
import { count, numbersFrom, seconds, someOf } from '../settings.ts'

/** Native, and in a container that pair mode runs: all requests go straight to the server. */
export const responseTimeModes = ['native', 'pair'] as const

export const responseTimeSettings = z.strictObject({
  links: someOf(links, ['ethernet', 'wlan']),
  operations: someOf(operations, operations),
  /** Integers a request. */
  sizes: numbersFrom(1, 100_000, paperSizes),
  repetitions: count(1, 10_000, 10),
  /** Requests of each kind that go first and are not recorded: a service that has just started takes twice as long until its code is compiled. */
  warmUps: count(0, 10_000, 20),
  /** Longest wait for one answer. */
  deadlineSeconds: seconds(0.1, 120, 10),
})

export type ResponseTimeSettings = z.infer<typeof responseTimeSettings>
