// Fig. 10: the time of activations as bars, and the phases that it is made of.
import type { BarsPanel, Figure, StackPanel } from '../../report/figure.ts'
import { estimateMean } from '../../statistics.ts'
import { groupBars, inOrder, originsOf } from '../bars.ts'
import type { Observation, Observed } from '../observation.ts'
import { wordFor } from '../words.ts'
import type { ActivationSettings } from './settings.ts'

type Order = Pick<ActivationSettings, 'links' | 'modes'>

export function activationFigure(observed: Observed, { links, modes }: Order): Figure {
  const ordered = inOrder(observed.observations, { link: links, mode: modes })
  const times = ordered.filter(({ measure }) => measure === 'activation_time')
  const phases = ordered.filter(({ measure }) => measure === 'phase_time')
  const bars: BarsPanel = {
    kind: 'bars',
    title: 'activation',
    x: { title: 'link', unit: '' },
    y: { title: 'time to the answer', unit: 'ms' },
    ...groupBars(times, {
      category: ({ factors }) => wordFor(factors.link),
      series: ({ factors }) => wordFor(factors.mode),
    }),
  }
  const stacks = modes.map((mode) =>
    phasesPanel(
      `phases in ${wordFor(mode)}`,
      times.filter(({ factors }) => factors.mode === mode),
      phases.filter(({ factors }) => factors.mode === mode),
    ),
  )
  return {
    id: 'fig-10',
    paper: 'Fig. 10',
    title: 'How long an activation takes',
    caption:
      'One value is one activation of the compute service, its image being on the server. Pair mode: from the beginning of a new SSH connection to the first CoAP answer, as the sum of its phases; ' +
      'the start of the program at the client is apart, and so are the milliseconds in which it asks the server what runs there. Cluster mode: from the client’s CoAP POST at ' +
      'the manager to its answer, by the client’s clock; “schedule” to “ready” are the manager’s, “answer” is the rest. The direct cable leads to the host that commands the server: the client in ' +
      'pair mode, the manager in cluster mode.',
    origins: originsOf(ordered),
    panels: [bars, ...stacks].filter((panel) => panel.bars.length > 0),
    failures: observed.failures.length,
  }
}

function phasesPanel(
  title: string,
  times: readonly Observation[],
  phases: readonly Observation[],
): StackPanel {
  const links = [...new Set(phases.map(({ factors }) => factors.link))]
  // What took no time in any of them, such as sending an image that is there, is no part.
  const taken = phases.filter(({ value }) => value > 0)
  const parts = [...new Set(taken.map(({ factors }) => `${factors.phase}`))]
  return {
    kind: 'stack',
    title,
    x: { title: 'link', unit: '' },
    y: { title: 'time', unit: 'ms' },
    origins: originsOf(phases),
    categories: links.map(wordFor),
    parts,
    bars: links.map((link) => {
      const values = times.filter(({ factors }) => factors.link === link).map(({ value }) => value)
      const meanOf = (part: string) =>
        mean(
          phases
            .filter(({ factors }) => factors.link === link && factors.phase === part)
            .map(({ value }) => value),
        )
      return {
        category: wordFor(link),
        means: parts.map(meanOf),
        estimate: values.length < 2 ? null : estimateMean(values),
        values,
      }
    }),
  }
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}
