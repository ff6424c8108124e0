// Containers per device: four measures over the number of containers.
import type { Figure, LinesPanel } from '../../report/figure.ts'
import { originsOf } from '../bars.ts'
import type { Observed } from '../observation.ts'
import { scalePanel } from '../scale-lines.ts'
import { timedRequest } from '../time-requests.ts'
import { wordFor } from '../words.ts'
import type { ContainerScaleSettings } from './settings.ts'

export function containerScaleFigure(
  { observations, failures }: Observed,
  { requests, idleSeconds }: Pick<ContainerScaleSettings, 'requests' | 'idleSeconds'>,
): Figure {
  const panel = (measure: string, y: LinesPanel['y'], scale = 1) =>
    scalePanel(
      observations.filter((each) => each.measure === measure),
      {
        title: y.title,
        x: 'containers on the device',
        y,
        scale,
        factor: 'containers',
        line: ({ factors }) => wordFor(factors.link),
      },
    )
  return {
    id: 'containers-per-device',
    paper: 'beyond the paper',
    title: 'More and more containers on one device',
    caption:
      'The compute service in pair mode, as many containers of it on one server. One value is the activation of the last of them, once more after it was removed, while the others are idle, over a connection that is open; the ' +
      `median of ${requests} requests to it (${timedRequest}); or the mean of ${idleSeconds} s in which nothing is asked of any, of the whole server with its Docker Engine. Points are means with 95 % intervals (Student’s t).`,
    origins: originsOf(observations),
    panels: [
      panel('activation_time', { title: 'activation of the last', unit: 'ms' }),
      panel('response_time', { title: 'response time', unit: 'ms' }),
      panel('memory', { title: 'memory in use', unit: 'MiB' }, 1 / 1_048_576),
      panel('cpu', { title: 'CPU of all cores, idle', unit: '%' }, 100),
    ].filter(({ lines }) => lines.length > 0),
    failures: failures.length,
  }
}
