// Scenarios as small as they can be: settings, and cells made of them.
import * as z from 'zod/mini'
import type { Cell, Scenario } from '../../../../evaluation/scenarios/scenario.ts'

const echoSettings = z.strictObject({
  links: z._default(z.array(z.enum(['ethernet', 'wlan'])).check(z.minLength(1)), ['ethernet', 'wlan']),
  modes: z._default(z.array(z.enum(['native', 'pair'])).check(z.minLength(1)), ['native', 'pair']),
  sizes: z._default(z.array(z.int().check(z.minimum(1), z.maximum(5000))), [1000, 2000]),
  repetitions: z._default(z.int().check(z.minimum(2)), 10),
  warmUps: z._default(z.int().check(z.minimum(0)), 1),
})

const restSettings = z
  .strictObject({
    links: z._default(z.array(z.enum(['ethernet', 'wlan', 'direct'])).check(z.minLength(1)), ['direct']),
    modes: z._default(z.array(z.enum(['pair', 'cluster'])).check(z.minLength(1)), ['pair', 'cluster']),
    repetitions: z._default(z.int().check(z.minimum(1)), 3),
    forSeconds: z._default(z.number().check(z.minimum(1)), 60),
    everySeconds: z._default(z.number().check(z.minimum(0.1)), 5),
  })
  .check(
    z.refine(({ forSeconds, everySeconds }) => everySeconds <= forSeconds, {
      path: ['everySeconds'],
      error: 'expected at most forSeconds',
    }),
  )

const bareSettings = z.strictObject({ workers: z._default(z.array(z.int()), [1, 2, 4]) })

interface Plan {
  readonly links?: readonly string[]
  readonly modes?: readonly string[]
  readonly sizes?: readonly number[]
  readonly repetitions?: number
  readonly warmUps?: number
}

function cellsOf(name: string, expectedMs: number, settings: Plan): readonly Cell[] {
  const { links = ['ethernet'], modes = ['pair'], sizes = [0], repetitions = 1, warmUps = 0 } = settings
  const counted = Array.from({ length: repetitions }, (_, index) => index + 1)
  const all = [...Array.from({ length: warmUps }, () => 0), ...counted]
  return links.flatMap((link) =>
    modes.flatMap((mode) =>
      sizes.flatMap((size) =>
        all.map(
          (repetition): Cell => ({
            id: `${name}/${link}/${mode}/${size}/${repetition}`,
            scenario: name,
            need: {
              link: link as Cell['need']['link'],
              mode: mode === 'cluster' ? 'cluster' : 'pair',
              workers: 1,
              devices: false,
            },
            factors: { link, mode, ...(size === 0 ? {} : { size }) },
            repetition,
            expectedMs,
          }),
        ),
      ),
    ),
  )
}

function aScenario(name: string, settings: Scenario['settings'], expectedMs: number): Scenario {
  return {
    name,
    title: name,
    paper: 'Fig. 5',
    settings,
    plan: (chosen) => cellsOf(name, expectedMs, chosen as Plan),
    run: async () => {},
    observe: () => ({ observations: [], courses: [], failures: [] }),
    figures: () => [],
  }
}

/** echo knows links, modes, sizes, repetitions and warm-ups; rest also how long and how often; bare has no factor of the usual names. */
export const someScenarios: readonly Scenario[] = [
  aScenario('echo', echoSettings as Scenario['settings'], 1000),
  aScenario('rest', restSettings as Scenario['settings'], 60_000),
  aScenario('bare', bareSettings as Scenario['settings'], 5000),
]
