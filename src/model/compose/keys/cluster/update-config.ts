// The keys `deploy.update_config` and `deploy.rollback_config`: how a change rolls over the instances of a service.
import type { UpdatePolicy } from '../../../cluster/settings.ts'
import { readDuration, readNumber, readOneOf, readWhole } from '../../read-value.ts'
import { honoured, type Section } from '../../section.ts'

export const updateSection: Section<UpdatePolicy> = {
  extensible: true,
  keys: {
    parallelism: honoured(
      'instances that change at once; left out, 1; 0 is all',
      'parallelism',
      readWhole(0),
    ),
    delay: honoured('time between two of them; left out, none', 'delayMs', readDuration),
    failure_action: honoured(
      'rollback (if left out), pause or continue',
      'failureAction',
      readOneOf('rollback', 'pause', 'continue'),
    ),
    monitor: honoured(
      'how long a new instance is watched; left out, the time that it may take to be ready, and 5s',
      'monitorMs',
      readDuration,
    ),
    max_failure_ratio: honoured(
      'share of instances that may fail, 0 to 1; left out, none',
      'maxFailureRatio',
      readNumber({ min: 0, max: 1 }),
    ),
    order: honoured(
      'start-first (if left out, and the new instance can stand beside the old one, above) or stop-first',
      'order',
      readOneOf('start-first', 'stop-first'),
    ),
  },
}

/** Going back is no failure to go back from. */
export const rollbackSection: Section<UpdatePolicy> = {
  extensible: true,
  keys: {
    ...updateSection.keys,
    failure_action: honoured(
      'pause (if left out) or continue',
      'failureAction',
      readOneOf('pause', 'continue'),
    ),
  },
}
