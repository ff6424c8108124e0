// Which sensors and actuators are read, how often, for how long (paper §V.A, Fig. 11 to 13).
import * as z from 'zod/mini'
import { links } from '../../hosts/stage.ts'
import { paperCapabilities } from '../../sensing/paper-capabilities.ts'
import { count, seconds, someOf } from '../settings.ts'

const sensingModes = ['pair', 'cluster'] as const

export const sensingSettings = z
  .strictObject({
    links: someOf(links, ['ethernet', 'wlan']),
    modes: someOf(sensingModes, ['pair']),
    capabilities: someOf(paperCapabilities, paperCapabilities),
    repetitions: count(1, 1000, 1),
    /** From the first GET to PUT off. */
    forSeconds: seconds(1, 86_400, 120),
    /** From one GET to the next. */
    everySeconds: seconds(1, 3600, 5),
  })
  .check(
    z.refine(({ forSeconds, everySeconds }) => forSeconds >= 2 * everySeconds, {
      error: 'expected forSeconds to be at least 2 × everySeconds',
      path: ['forSeconds'],
    }),
  )

export type SensingSettings = z.infer<typeof sensingSettings>
