// Which activations are timed, how often (paper §V.B, Fig. 10).
import * as z from 'zod/mini'
import { links } from '../../hosts/stage.ts'
import { count, someOf } from '../settings.ts'

const activationModes = ['pair', 'cluster'] as const

export const activationSettings = z.strictObject({
  links: someOf(links, links),
  modes: someOf(activationModes, activationModes),
  repetitions: count(1, 1000, 10),
  /** Activations that go first on each link in each mode; their records are kept and not counted. */
  warmUps: count(0, 100, 2),
})

export type ActivationSettings = z.infer<typeof activationSettings>
