// What hosts take when nothing is asked of them (paper Table I): the benchmark for everything else.
import * as z from 'zod/mini'
import { links } from '../hosts/stage.ts'
import type { BarsPanel, Figure } from '../report/figure.ts'
import { groupBars, inOrder, originsOf } from './bars.ts'
import { intervalOf, meanOf, type Quantity, samplesOf, within } from './host-samples.ts'
import { asInterval, settleMs, waitMs } from './interval.ts'
import type { Observation, Observed } from './observation.ts'
import type { Cell, CellRecords, Scenario } from './scenario.ts'
import { count, seconds, someOf } from './settings.ts'
import { wordFor } from './words.ts'

const settings = z.strictObject({
  links: someOf(links, ['ethernet', 'wlan']),
  repetitions: count(1, 1000, 5),
  /** Of one interval. */
  forSeconds: seconds(3, 86_400, 20),
})

export type IdleSettings = z.infer<typeof settings>

const roles = ['manager', 'worker'] as const

const quantities: readonly (Pick<Observation, 'measure' | 'unit'> & { readonly quantity: Quantity })[] = [
  { measure: 'power', unit: 'W', quantity: 'power_watts' },
  { measure: 'cpu', unit: 'share', quantity: 'cpu_share' },
  { measure: 'memory', unit: 'bytes', quantity: 'memory_used_bytes' },
]

export const idle: Scenario<IdleSettings> = {
  name: 'idle',
  title: 'Hosts that do nothing',
  paper: 'Table I',
  settings,

  plan({ links, repetitions, forSeconds }) {
    return links.flatMap((link) =>
      Array.from(
        { length: repetitions },
        (_, index): Cell => ({
          id: `idle/${link}/${index + 1}`,
          scenario: 'idle',
          need: { link, mode: 'pair', workers: 1, devices: false },
          factors: { link },
          repetition: index + 1,
          expectedMs: settleMs + forSeconds * 1000,
        }),
      ),
    )
  },

  async run({ forSeconds }, _cell, context) {
    await waitMs(settleMs, context.signal)
    await asInterval(context, () => waitMs(forSeconds * 1000, context.signal))
  },

  observe: (_settings, records) => observeIdle(records),

  figures: (settings, observed) => [tableOne(observed, settings)],
}

function observeIdle(records: CellRecords): Observed {
  const { cell, origin, powerOrigin } = records
  const observations: Observation[] = []
  const failures: Observed['failures'][number][] = []
  const interval = intervalOf(records)
  for (const role of roles) {
    const factors = { ...cell.factors, role }
    const samples = interval === undefined ? [] : within(samplesOf(records, role), interval)
    const host = samples[0]?.host
    if (host === undefined) {
      failures.push({ scenario: 'idle', factors, reason: `no sample of the ${role} in the interval` })
      continue
    }
    for (const { measure, unit, quantity } of quantities) {
      const value = meanOf(samples, quantity)
      const of = measure === 'power' ? powerOrigin[host] : origin
      if (value === undefined || of === undefined) continue
      const { repetition } = cell
      observations.push({ scenario: 'idle', measure, unit, origin: of, factors, repetition, value })
    }
  }
  return { observations, courses: [], failures }
}

function tableOne({ observations, failures }: Observed, { links, forSeconds }: IdleSettings): Figure {
  const ordered = inOrder(observations, { link: links, role: roles })
  const panel = (measure: string, title: string, unit: string, scale: number): BarsPanel => ({
    kind: 'bars',
    title,
    x: { title: 'link', unit: '' },
    y: { title, unit },
    ...groupBars(
      ordered.filter((each) => each.measure === measure),
      {
        category: ({ factors }) => wordFor(factors.link),
        series: ({ factors }) => wordFor(factors.role),
        scale,
      },
    ),
  })
  return {
    id: 'table-1',
    paper: 'Table I',
    title: 'Idle hosts: power, CPU and memory',
    caption:
      `One value is the mean over ${forSeconds} s in which nothing was asked of the hosts and neither a manager nor an agent ran: ` +
      'of the samples taken each second that lie wholly within. Bars are means with their 95 % intervals (Student’s t).',
    origins: originsOf(observations),
    panels: [
      panel('power', 'power', 'W', 1),
      panel('cpu', 'CPU of all cores', '%', 100),
      panel('memory', 'memory in use', 'MiB', 1 / 1_048_576),
    ].filter(({ bars }) => bars.length > 0),
    failures: failures.length,
  }
}
