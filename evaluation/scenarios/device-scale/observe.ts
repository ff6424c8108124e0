// What the records of one number of devices come down to.
import type { Observed } from '../observation.ts'
import { failuresOf, idleOf, timesOf, typicalResponseOf } from '../scale-records.ts'
import type { CellRecords } from '../scenario.ts'

/** Pure. `spread_time`: until there is an instance on every device. The n-th to join does so in a cluster of n, itself counted, however many come after. */
export function observeDeviceScale(records: CellRecords): Observed {
  const { factors } = records.cell
  const observations = [
    ...timesOf(records, 'join', 'joinMs', 'join_time', ({ number }) => ({ workers: Number(number) })),
    ...timesOf(records, 'activation', 'activationMs', 'activation_time'),
    ...timesOf(records, 'activation', 'allMs', 'spread_time'),
    ...typicalResponseOf(records),
    ...idleOf(records, 'manager', { ...factors, role: 'manager' }),
    ...idleOf(records, 'worker', { ...factors, role: 'worker' }),
  ]
  const measures = ['join_time', 'activation_time', 'spread_time', 'response_time', 'cpu', 'memory']
  return { observations, courses: [], failures: failuresOf(records, observations, measures) }
}
