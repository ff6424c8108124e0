// Whether an instance that does not answer hangs, or only works hard. Pure.

export interface Silence {
  /** Questions in a row without an answer. */
  readonly misses: number
  /** Of those, the last in a row while it used little CPU. */
  readonly idleMisses: number
  readonly silentMs: number
  /** Of one CPU, since the miss before; undefined where nobody can say. */
  readonly cpuShare: number | undefined
}

/** Three questions of 1.5 s, the first up to 2 s after it stopped: an instance that hangs is found 4.5 to 6.5 s after. */
const missesThatTell = 3

/**
 * A program with one thread that computes answers nobody meanwhile, and is not to be killed for it. What hangs in a lock, or is stopped, uses no
 * CPU; timers and signals of a runtime that idles use a few percent.
 */
const busyShare = 0.1

/** An endless loop is busy too: whoever works for longer without answering anything is taken for hung. */
export const busyLimitMs = 30_000

export function judgeSilence({ misses, idleMisses, silentMs, cpuShare }: Silence): 'wait' | 'busy' | 'hung' {
  if (misses < missesThatTell) return isBusy(cpuShare) ? 'busy' : 'wait'
  if (isBusy(cpuShare)) return silentMs >= busyLimitMs ? 'hung' : 'busy'
  return idleMisses >= missesThatTell ? 'hung' : 'wait'
}

function isBusy(cpuShare: number | undefined): boolean {
  return cpuShare !== undefined && cpuShare >= busyShare
}
