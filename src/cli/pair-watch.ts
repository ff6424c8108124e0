// `shoal pair run --watch`: stays after the start, tells what happens, and leaves the instances running, or removes them, at the end.
import type { PairContext } from '../pair/pair-context.ts'
import { removeInstances } from '../pair/remove-instances.ts'
import type { RunResult } from '../pair/run-application.ts'
import type { Target } from '../pair/target.ts'
import { describeWatchEvent, renderWatchEvent, type WatchEvent } from '../pair/watch/watch-event.ts'
import { Watcher } from '../pair/watch/watcher.ts'
import { withReachableDevices } from '../pair/with-devices.ts'
import type { Io } from './io.ts'

export interface WatchOptions {
  readonly rm?: true
  readonly json?: true
}

/** Devices that are to be cleared at the end are given this long. */
const removeLimitMs = 60_000

/** Resolves when the user stops it: that is how watching ends, and no error. */
export async function pairWatch(
  io: Io,
  { application, instances }: RunResult,
  targets: readonly Target[],
  context: PairContext,
  options: WatchOptions,
): Promise<void> {
  const tell = (event: WatchEvent): void => {
    const at = new Date()
    const line = options.json
      ? JSON.stringify(describeWatchEvent(event, at))
      : `${at.toTimeString().slice(0, 8)} ${renderWatchEvent(event)}`
    io.out(`${line}\n`)
  }
  if (!options.json) io.err(`watches ${instances.length} of ${application.name}; Ctrl-C stops watching\n`)
  const watcher = new Watcher({
    application,
    instances,
    targets,
    // What is under way while watching is told by the watch's own events. A device that vanishes is not waited for: another takes over.
    context: { ...context, onEvent: () => {}, patienceMs: 0 },
    onWatchEvent: tell,
  })
  await watcher.watch()
  if (!options.rm) {
    if (!options.json)
      io.err(`watching ends; the instances stay: shoal pair rm … ${application.name} removes them\n`)
    return
  }
  const signal = AbortSignal.timeout(removeLimitMs)
  const { errors } = await withReachableDevices(targets, { ...context, signal }, (devices) =>
    Promise.all(
      devices.map((device) =>
        removeInstances(device, (found) => found.application === application.name, signal),
      ),
    ),
  )
  if (errors.length > 0) throw errors[0]
}
