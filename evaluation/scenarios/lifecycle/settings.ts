// When a service comes, works and goes within a minute (paper §V.B, Fig. 8).
import * as z from 'zod/mini'
import { operations } from '../../computation.ts'
import { links } from '../../hosts/stage.ts'
import { count, seconds, someOf } from '../settings.ts'

export const lifecycleModes = ['pair', 'cluster'] as const

/** What happens in the minute; `rest` is all other time. */
export const lifecycleMoments = ['activation', 'task', 'removal'] as const

export type LifecycleMoment = (typeof lifecycleMoments)[number]

export const lifecycleSettings = z
  .strictObject({
    links: someOf(links, ['ethernet']),
    modes: someOf(lifecycleModes, lifecycleModes),
    repetitions: count(1, 1000, 3),
    forSeconds: seconds(5, 3600, 60),
    activateAtSeconds: seconds(1, 3600, 10),
    taskAtSeconds: seconds(1, 3600, 25),
    removeAtSeconds: seconds(1, 3600, 45),
    /** How long requests follow each other, each as soon as the one before is answered. */
    taskSeconds: seconds(0.1, 3600, 5),
    operation: z._default(z.enum(operations), 'bubblesort'),
    /** Integers a request. */
    size: count(1, 100_000, 2000),
    /** Longest wait for one answer. */
    deadlineSeconds: seconds(0.1, 120, 10),
  })
  .check(
    z.refine(
      ({ activateAtSeconds, taskAtSeconds, taskSeconds, removeAtSeconds, forSeconds }) =>
        activateAtSeconds < taskAtSeconds &&
        taskAtSeconds + taskSeconds < removeAtSeconds &&
        removeAtSeconds < forSeconds,
      'expected activateAtSeconds < taskAtSeconds, taskAtSeconds + taskSeconds < removeAtSeconds < forSeconds',
    ),
  )

export type LifecycleSettings = z.infer<typeof lifecycleSettings>
