// How many containers one device is given, and how each number is looked at (the paper's future work, §VII).
import * as z from 'zod/mini'
import { links } from '../../hosts/stage.ts'
import { count, numbersFrom, seconds, someOf } from '../settings.ts'

export const containerScaleSettings = z.strictObject({
  links: someOf(links, ['ethernet']),
  /** On the one device. A command asks for three digits at most. */
  containers: numbersFrom(1, 999, [1, 2, 4, 8, 16, 32]),
  repetitions: count(1, 1000, 3),
  /** To the one that was activated last, while the others are idle. */
  requests: count(1, 10_000, 10),
  /** How long they are left alone, for CPU and memory. */
  idleSeconds: seconds(3, 3600, 8),
})

export type ContainerScaleSettings = z.infer<typeof containerScaleSettings>
