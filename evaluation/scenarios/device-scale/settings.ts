// How many devices a cluster is given, and how each number is looked at (the paper's future work, §VII).
import * as z from 'zod/mini'
import { links } from '../../hosts/stage.ts'
import { count, numbersFrom, seconds, someOf } from '../settings.ts'

export const deviceScaleSettings = z.strictObject({
  links: someOf(links, ['ethernet']),
  /** In the cluster: each is a host of its own. Eight and their Engines are what a machine of two cores carries comfortably as a lab. */
  workers: numbersFrom(1, 100, [1, 2, 4, 8]),
  repetitions: count(1, 1000, 3),
  /** Through the manager, while all instances but one are idle. */
  requests: count(1, 10_000, 10),
  /** How long the cluster is left alone, for CPU and memory of the manager. */
  idleSeconds: seconds(3, 3600, 20),
})

export type DeviceScaleSettings = z.infer<typeof deviceScaleSettings>
