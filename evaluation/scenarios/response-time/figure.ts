// Fig. 5 of the paper: response times by operation, size and link; and how they are distributed.
import type { BarsPanel, Figure, LinesPanel } from '../../report/figure.ts'
import { sortSamples } from '../../samples.ts'
import { groupBars, inOrder, originsOf } from '../bars.ts'
import type { Observation, Observed } from '../observation.ts'
import { wordFor } from '../words.ts'
import { type ResponseTimeSettings, responseTimeModes } from './settings.ts'

const time = { title: 'response time', unit: 'ms' } as const

export function responseTimeFigure(
  { links, operations, sizes }: ResponseTimeSettings,
  { observations, failures }: Observed,
): Figure {
  const ordered = inOrder(observations, {
    operation: operations,
    size: sizes,
    link: links,
    mode: responseTimeModes,
  })
  const present = operations.filter((operation) =>
    ordered.some(({ factors }) => factors.operation === operation),
  )
  return {
    id: 'fig-5',
    paper: 'Fig. 5',
    title: 'Response time of computation tasks, native and in a container',
    caption:
      'One value is one request: from the first datagram of the CoAP PUT with the integers to the whole answer, at the client. Both servers run on the same ' +
      'host at once, and requests alternate between them, between sizes and between operations at random. Bars are means with their 95 % intervals (Student’s t); ' +
      'lines are the share of requests that were answered within a time. What got no answer, or a wrong one, is counted as failed and is in neither.',
    origins: originsOf(ordered),
    panels: [
      ...present.map((operation) => barsPanel(operation, ordered)),
      ...present.flatMap((operation) => sizes.flatMap((size) => distribution(operation, size, ordered))),
    ],
    failures: failures.length,
  }
}

function barsPanel(operation: string, observations: readonly Observation[]): BarsPanel {
  return {
    kind: 'bars',
    title: wordFor(operation),
    x: { title: 'integers a request, link', unit: '' },
    y: time,
    ...groupBars(
      observations.filter(({ factors }) => factors.operation === operation),
      {
        category: ({ factors }) => `${factors.size}, ${wordFor(factors.link)}`,
        series: ({ factors }) => seriesName(factors.mode),
      },
    ),
  }
}

function distribution(
  operation: string,
  size: number,
  observations: readonly Observation[],
): readonly LinesPanel[] {
  const ours = observations.filter(({ factors }) => factors.operation === operation && factors.size === size)
  if (ours.length === 0) return []
  const groups = Map.groupBy(ours, ({ factors }) => `${seriesName(factors.mode)}, ${wordFor(factors.link)}`)
  return [
    {
      kind: 'lines',
      title: `${wordFor(operation)}, ${size} integers: distribution`,
      x: time,
      y: { title: 'share of requests', unit: '%' },
      origins: originsOf(ours),
      isStep: true,
      lines: [...groups].map(([name, group]) => {
        const times = sortSamples(group.map(({ value }) => value))
        return {
          name,
          points: times.map((ms, index) => [ms, (100 * (index + 1)) / times.length] as const),
        }
      }),
      marks: [],
    },
  ]
}

function seriesName(mode: string | number | undefined): string {
  return mode === 'pair' ? 'container' : wordFor(mode)
}
