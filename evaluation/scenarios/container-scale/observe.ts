// What the records of one number of containers come down to.
import type { Observed } from '../observation.ts'
import { failuresOf, idleOf, timesOf, typicalResponseOf } from '../scale-records.ts'
import type { CellRecords } from '../scenario.ts'

/** Pure. */
export function observeContainerScale(records: CellRecords): Observed {
  const observations = [
    ...timesOf(records, 'activation', 'activationMs', 'activation_time'),
    ...typicalResponseOf(records),
    ...idleOf(records, 'worker', records.cell.factors),
  ]
  const measures = ['activation_time', 'response_time', 'cpu', 'memory']
  return { observations, courses: [], failures: failuresOf(records, observations, measures) }
}
