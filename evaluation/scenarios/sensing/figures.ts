// Fig. 11: mean power by capability; Fig. 12 and 13: power and CPU over time of the active buzzer.
import type { BarsPanel, Figure, LinesPanel, Panel } from '../../report/figure.ts'
import { groupBars, inOrder, originsOf } from '../bars.ts'
import type { Course, Observed } from '../observation.ts'
import { wordFor } from '../words.ts'
import type { SensingSettings } from './settings.ts'

/** What the paper shows over time. */
const paperCourse = 'active-buzzer'

const ofThePower =
  'Where power is modelled, it is reckoned from the server’s CPU: what a sensor or a buzzer itself draws is not in it, nor any difference between them that is not CPU.'

export function sensingFigures(observed: Observed, settings: SensingSettings): readonly Figure[] {
  const shown = settings.capabilities.find((each) => each === paperCourse) ?? settings.capabilities[0]
  return [
    means(observed, settings),
    overTime(observed, settings, {
      id: 'fig-12',
      paper: 'Fig. 12',
      measure: 'power',
      capability: `${shown}`,
      y: { title: 'power', unit: 'W' },
      scale: 1,
      note: ` ${ofThePower}`,
    }),
    overTime(observed, settings, {
      id: 'fig-13',
      paper: 'Fig. 13',
      measure: 'cpu',
      capability: `${shown}`,
      y: { title: 'CPU of all cores', unit: '%' },
      scale: 100,
      note: '',
    }),
  ]
}

function means({ observations, failures }: Observed, settings: SensingSettings): Figure {
  const { capabilities, links, modes, everySeconds, forSeconds } = settings
  const ordered = inOrder(observations, { capability: capabilities, link: links, mode: modes })
  const panel = (measure: string, mode: string, title: string, unit: string, scale: number): BarsPanel => ({
    kind: 'bars',
    title: modes.length === 1 ? title : `${title}, ${wordFor(mode)}`,
    x: { title: 'sensor or actuator', unit: '' },
    y: { title, unit },
    ...groupBars(
      ordered.filter((each) => each.measure === measure && each.factors.mode === mode),
      {
        category: ({ factors }) => wordFor(factors.capability),
        series: ({ factors }) => wordFor(factors.link),
        scale,
      },
    ),
  })
  const panels = modes.flatMap((mode) => [
    panel('power', mode, 'power', 'W', 1),
    panel('cpu', mode, 'CPU of all cores', '%', 100),
  ])
  return {
    id: 'fig-11',
    paper: 'Fig. 11',
    title: 'Power of the server while it reads sensors and drives actuators',
    caption:
      `One value is the mean of the ${everySeconds} s from one GET to the next, as samples of a second hang together, without a second in which the activation was not over; of each sensor or actuator ${forSeconds} s, ` +
      `from the first GET to PUT off. Bars are means of those with their 95 % intervals (Student’s t). ${ofThePower}`,
    origins: originsOf(ordered.filter(({ measure }) => measure === 'power' || measure === 'cpu')),
    panels: panels.filter(({ bars }) => bars.length > 0),
    failures: failures.length,
  }
}

interface OverTime {
  readonly id: string
  readonly paper: string
  readonly measure: 'power' | 'cpu'
  readonly capability: string
  readonly y: LinesPanel['y']
  readonly scale: number
  readonly note: string
}

function overTime(observed: Observed, settings: SensingSettings, wanted: OverTime): Figure {
  const { id, paper, measure, capability, y, scale, note } = wanted
  const first = (link: string, mode: string): Course | undefined =>
    observed.courses
      .filter(
        ({ measure: of, factors }) =>
          of === measure &&
          factors.capability === capability &&
          factors.link === link &&
          factors.mode === mode,
      )
      .toSorted((a, b) => a.repetition - b.repetition)[0]
  const courses = settings.modes.flatMap((mode) =>
    settings.links.flatMap((link) => {
      const course = first(link, mode)
      return course === undefined ? [] : [course]
    }),
  )
  const panels = courses.map(
    ({ origin, factors, points, marks }): Panel => ({
      kind: 'lines',
      title:
        settings.modes.length === 1
          ? wordFor(factors.link)
          : `${wordFor(factors.link)}, ${wordFor(factors.mode)}`,
      x: { title: 'time', unit: 's' },
      y,
      origins: [origin],
      isStep: false,
      lines: [
        { name: wordFor(factors.link), points: points.map(([x, value]) => [x, value * scale] as const) },
      ],
      marks: marks.map(({ seconds, name }) => ({ x: seconds, name })),
    }),
  )
  return {
    id,
    paper,
    title: `${y.title === 'power' ? 'Power' : 'CPU'} of the server over time: ${wordFor(capability)}`,
    caption: `The first repetition on each link; one point is the mean of one second. A GET is sent each ${settings.everySeconds} s between “on” and “removal”.${note}`,
    origins: originsOf(courses),
    panels,
    failures: observed.failures.filter(({ factors }) => factors.capability === capability).length,
  }
}
