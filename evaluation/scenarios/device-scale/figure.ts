// Devices per cluster: times and what the manager takes, over the number of workers.
import type { Figure, LinesPanel } from '../../report/figure.ts'
import { originsOf } from '../bars.ts'
import type { Observation, Observed } from '../observation.ts'
import { scalePanel } from '../scale-lines.ts'
import { timedRequest } from '../time-requests.ts'
import { wordFor, wordsFor } from '../words.ts'
import type { DeviceScaleSettings } from './settings.ts'

export function deviceScaleFigure(
  { observations, failures }: Observed,
  { links, requests, idleSeconds }: Pick<DeviceScaleSettings, 'links' | 'requests' | 'idleSeconds'>,
): Figure {
  const isOneLink = links.length === 1
  const panel = (
    measures: readonly string[],
    y: LinesPanel['y'],
    line: (observation: Observation) => string,
    scale = 1,
  ) =>
    scalePanel(
      observations.filter(({ measure }) => measures.includes(measure)),
      { title: y.title, x: 'workers in the cluster', y, scale, factor: 'workers', line },
    )
  const byLink = ({ factors }: Observation) => wordFor(factors.link)
  const byRole = ({ factors }: Observation) =>
    isOneLink ? wordFor(factors.role) : wordsFor(factors, 'role', 'link')
  const byAnswer = ({ measure, factors }: Observation) => {
    const what = measure === 'spread_time' ? 'an instance on each worker' : 'first answer'
    return isOneLink ? what : `${what}, ${wordFor(factors.link)}`
  }
  return {
    id: 'devices-per-cluster',
    paper: 'beyond the paper',
    title: 'More and more devices in one cluster',
    caption:
      'One value is the time in which one worker joins as the n-th, while no other does, all having left before; one activation of the compute service with an instance for each worker, from the client’s CoAP POST to its answer, ' +
      `and until all instances answer; the median of ${requests} requests through the manager (${timedRequest}); or the mean of ${idleSeconds} s in which nothing is asked of the cluster, of a whole host. Points are means ` +
      'with 95 % intervals (Student’s t). In the lab all hosts share the processors of one machine: how many workers there are is set to what it carries.',
    origins: originsOf(observations),
    panels: [
      panel(['join_time'], { title: 'joining as the n-th worker', unit: 'ms' }, byLink),
      panel(['activation_time', 'spread_time'], { title: 'activation', unit: 'ms' }, byAnswer),
      panel(['response_time'], { title: 'response time through the manager', unit: 'ms' }, byLink),
      panel(['cpu'], { title: 'CPU of all cores, idle', unit: '%' }, byRole, 100),
      panel(['memory'], { title: 'memory in use', unit: 'MiB' }, byRole, 1 / 1_048_576),
    ].filter(({ lines }) => lines.length > 0),
    failures: failures.length,
  }
}
