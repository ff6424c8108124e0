// What the records of one number of devices come down to.
import type { Observed } from '../observation.ts'
import { failuresOf, idleOf, timesOf } from '../scale-records.ts'
import type { CellRecords } from '../scenario.ts'

/** Pure. `spread_time`: until there is an instance on every device. */
export function observeDeviceScale(records: CellRecords): Observed {
  const { factors } = records.cell
  const observations = [
    ...timesOf(records, 'join', 'joinMs', 'join_time'),
    ...timesOf(records, 'activation', 'activationMs', 'activation_time'),
    ...timesOf(records, 'activation', 'allMs', 'spread_time'),
    ...timesOf(records, 'request', 'responseTimeMs', 'response_time'),
    ...idleOf(records, 'manager', { ...factors, role: 'manager' }),
    ...idleOf(records, 'worker', { ...factors, role: 'worker' }),
  ]
  const measures = ['join_time', 'activation_time', 'spread_time', 'response_time', 'cpu', 'memory']
  return { observations, courses: [], failures: failuresOf(records, observations, measures) }
}
