// Looks while a cell runs whether its hosts still live: a request to a dead one would be waited for until the cell's deadline.
import { pause } from '../../src/model/pause.ts'

export interface WatchedHosts {
  /** That have not been sampled for some seconds. */
  silentHosts(): readonly string[]
  /** Whether all of them answer; asked only when one is silent. */
  isWhole(): Promise<boolean>
}

const lookEveryMs = 2000

/** @returns `died` is aborted with the reason when a host is gone; `end` ends the watch */
export function watchHosts(hosts: WatchedHosts): {
  readonly died: AbortSignal
  readonly end: () => Promise<void>
} {
  const died = new AbortController()
  const over = new AbortController()
  const watching = watch(hosts, died, over.signal)
  return {
    died: died.signal,
    end: async () => {
      over.abort()
      await watching
    },
  }
}

async function watch(hosts: WatchedHosts, died: AbortController, over: AbortSignal): Promise<void> {
  for (;;) {
    await pause(lookEveryMs, over)
    if (over.aborted) return
    const silent = hosts.silentHosts()
    // The run that is being stopped ends the question; the cell hears of that itself.
    if (silent.length === 0 || (await hosts.isWhole().catch(() => true))) continue
    died.abort(new Error(`${silent.join(', ')} did not answer any more`))
    return
  }
}
