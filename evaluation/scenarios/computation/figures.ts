// Figures 6, 7 and 9 of the paper: mean CPU, CPU over time, mean power; beside power the energy of a request.
import type { BarsPanel, Figure, LinesPanel } from '../../report/figure.ts'
import { groupBars, inOrder, originsOf } from '../bars.ts'
import type { Course, Observation, Observed } from '../observation.ts'
import { representative } from '../representative.ts'
import { wordFor, wordsFor } from '../words.ts'
import type { ComputationSettings } from './settings.ts'

export function computationFigures(settings: ComputationSettings, observed: Observed): readonly Figure[] {
  const { links, modes, operations, size, requestsPerSecond, forSeconds } = settings
  const observations = inOrder(observed.observations, { operation: operations, link: links, mode: modes })
  const load = `${requestsPerSecond} requests a second of ${size} integers each came by a schedule (open loop) for ${forSeconds} s`
  const mean =
    `One value is the mean over one interval in which ${load}: of the samples taken each second that lie wholly within, ` +
    'so that the seconds in which requests begin and end are left out. Bars are means with their 95 % intervals (Student’s t).'
  const failures = observed.failures.length
  const fig6 = [
    barsPanel('manager in cluster mode', 'CPU of all cores', '%', 100, ofManager(observations, 'cpu')),
    barsPanel('server', 'CPU of all cores', '%', 100, ofServer(observations, 'cpu')),
  ]
  const fig9 = [
    barsPanel('manager in cluster mode', 'power', 'W', 1, ofManager(observations, 'power')),
    barsPanel('server', 'power', 'W', 1, ofServer(observations, 'power')),
    barsPanel('server, energy a request', 'energy a request', 'J', 1, ofServer(observations, 'energy')),
  ]
  const inTheInterval = observed.courses.map(sinceFirstRequest)
  const courses = links.flatMap((link) =>
    operations.flatMap(
      (operation) => representative(inTheInterval, { link, operation, mode: 'pair', role: 'worker' }) ?? [],
    ),
  )
  return [
    {
      id: 'fig-6',
      paper: 'Fig. 6',
      title: 'Mean CPU of manager and server by computation task',
      caption: mean,
      origins: originsOf(select(observations, 'cpu')),
      panels: fig6.filter(hasBars),
      failures,
    },
    {
      id: 'fig-7',
      paper: 'Fig. 7',
      title: 'CPU of the server over time by computation task, pair mode',
      caption:
        `Samples of each second while ${load}. Of each task the one interval whose mean is the median of its repetitions is shown; ` +
        'all begin with the first request.',
      origins: originsOf(courses),
      panels: linksOf(courses).map((link) => coursesPanel(link, courses)),
      failures,
    },
    {
      id: 'fig-9',
      paper: 'Fig. 9',
      title: 'Mean power of manager and server by computation task',
      caption: `${mean} Energy a request is all that the server took in the interval, idle power included, divided by the requests answered within it.`,
      origins: originsOf([...select(observations, 'power'), ...select(observations, 'energy')]),
      panels: fig9.filter(hasBars),
      failures,
    },
  ]
}

function select(observations: readonly Observation[], measure: string): readonly Observation[] {
  return observations.filter((each) => each.measure === measure)
}

/** In pair mode no manager runs on its host. */
function ofManager(observations: readonly Observation[], measure: string): readonly Observation[] {
  return select(observations, measure).filter(
    ({ factors }) => factors.role === 'manager' && factors.mode === 'cluster',
  )
}

function ofServer(observations: readonly Observation[], measure: string): readonly Observation[] {
  return select(observations, measure).filter(({ factors }) => factors.role === 'worker')
}

function barsPanel(
  title: string,
  y: string,
  unit: string,
  scale: number,
  observations: readonly Observation[],
): BarsPanel {
  const isManager = observations.every(({ factors }) => factors.role === 'manager')
  return {
    kind: 'bars',
    title,
    x: { title: 'task', unit: '' },
    y: { title: y, unit },
    ...groupBars(observations, {
      category: ({ factors }) => wordFor(factors.operation),
      series: ({ factors }) => (isManager ? wordFor(factors.link) : wordsFor(factors, 'link', 'mode')),
      scale,
    }),
  }
}

function hasBars({ bars }: BarsPanel): boolean {
  return bars.length > 0
}

function linksOf(courses: readonly Course[]): readonly string[] {
  return [...new Set(courses.map(({ factors }) => String(factors.link)))]
}

function coursesPanel(link: string, all: readonly Course[]): LinesPanel {
  const courses = all.filter(({ factors }) => factors.link === link)
  return {
    kind: 'lines',
    title: wordFor(link),
    x: { title: 'time since the first request', unit: 's' },
    y: { title: 'CPU of all cores', unit: '%' },
    origins: originsOf(courses),
    isStep: false,
    lines: courses.map(({ factors, points }) => ({
      name: wordFor(factors.operation),
      points: points.map(([seconds, share]) => [seconds, share * 100] as const),
    })),
    marks: [],
  }
}

/** What is drawn of it: the interval, from its beginning. */
function sinceFirstRequest({ points, marks, ...course }: Course): Course {
  const [begin = 0, end = Number.POSITIVE_INFINITY] = marks.map(({ seconds }) => seconds)
  const inside = points.filter(([seconds]) => seconds >= begin && seconds <= end)
  return { ...course, points: inside.map(([seconds, share]) => [seconds - begin, share] as const), marks: [] }
}
