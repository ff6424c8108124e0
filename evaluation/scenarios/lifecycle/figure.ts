// Fig. 8 of the paper: the CPU of the server over a minute with activation, task and removal; beside it the peak of each, and the means.
import type { BarsPanel, Figure, LinesPanel } from '../../report/figure.ts'
import { groupBars, inOrder, originsOf } from '../bars.ts'
import type { Observed } from '../observation.ts'
import { representative } from '../representative.ts'
import { wordFor, wordsFor } from '../words.ts'
import { type LifecycleSettings, lifecycleModes, lifecycleMoments } from './settings.ts'

const cpu = { title: 'CPU of all cores', unit: '%' } as const

export function lifecycleFigure(settings: LifecycleSettings, observed: Observed): Figure {
  const { links, operation, size, taskSeconds, forSeconds } = settings
  const ordered = inOrder(observed.observations, {
    role: ['worker', 'manager'],
    moment: [...lifecycleMoments, 'rest'],
    link: links,
    mode: lifecycleModes,
  })
  const bars = (title: string, measure: string, role: string, by: string): BarsPanel => ({
    kind: 'bars',
    title,
    x: { title: by, unit: '' },
    y: cpu,
    ...groupBars(
      ordered.filter((each) => each.measure === measure && each.factors.role === role),
      {
        category: ({ factors }) => wordFor(factors[by]),
        series: ({ factors }) =>
          by === 'mode' ? wordFor(factors.link) : wordsFor(factors, ...linkIfSeveral(links), 'mode'),
        scale: 100,
      },
    ),
  })
  const panels = [
    ...links.map((link) => coursesPanel(link, observed)).filter(({ lines }) => lines.length > 0),
    ...[
      bars('server: highest second of each moment', 'cpu_peak', 'worker', 'moment'),
      bars(`server: mean of the ${forSeconds} s`, 'cpu', 'worker', 'mode'),
      bars(`manager: mean of the ${forSeconds} s`, 'cpu', 'manager', 'mode'),
    ].filter((panel) => panel.bars.length > 0),
  ]
  return {
    id: 'fig-8',
    paper: 'Fig. 8',
    title: 'CPU of the server while a service is activated, works and is removed',
    caption:
      `Curves are samples of each second over ${forSeconds} s, of each mode the repetition whose mean is the median; the task is ${wordFor(operation)} of ${size} integers, ` +
      `asked for again and again for ${taskSeconds} s. One value of the bars is one such repetition: its mean, or the highest second of a moment, of those that lie, be it in part, between its beginning and 1 s after its end ` +
      '(a second of two moments counts for the one that it is over most of; rest: seconds of none). Bars are means with their 95 % intervals (Student’s t). In pair mode the manager’s host runs no manager.',
    origins: originsOf(ordered),
    panels,
    failures: observed.failures.length,
  }
}

function coursesPanel(link: string, observed: Observed): LinesPanel {
  const shown = lifecycleModes.flatMap(
    (mode) => representative(observed.courses, { link, mode, role: 'worker' }) ?? [],
  )
  return {
    kind: 'lines',
    title: `server, ${wordFor(link)}`,
    x: { title: 'time', unit: 's' },
    y: cpu,
    origins: originsOf(shown),
    isStep: false,
    lines: shown.map(({ factors, points }) => ({
      name: wordFor(factors.mode),
      points: points.map(([seconds, share]) => [seconds, share * 100] as const),
    })),
    marks: (shown[0]?.marks ?? []).map(({ seconds, name }) => ({ x: seconds, name })),
  }
}

function linkIfSeveral(links: readonly string[]): readonly string[] {
  return links.length > 1 ? ['link'] : []
}
