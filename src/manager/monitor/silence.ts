// When a node counts as away: the arithmetic of silence. Pure.

/** Between two reports of an agent while it is answered, as it sends them (src/worker/agent/reporter.ts). */
const reportEveryMs = 1000
/** A cut of so long must move nothing. */
const shortCutMs = 3000
/** Between two tries of an agent that is not answered. */
const retryEveryMs = 125
/** For the way here, and for what timers and busy machines add. */
const slackMs = 175

/**
 * The last report before a cut may be as old as the time between two. So a node whose cut ends in time is heard again within
 * 1000 + 3000 + 125 ms of its last report, and what the machines add; one that is silent for longer was cut for longer.
 */
export const silenceLimitMs = reportEveryMs + shortCutMs + retryEveryMs + slackMs

/** Whoever was heard within this is there for sure: one report may be lost, and its first repetitions. */
export const surelyHeardMs = 2 * reportEveryMs + 300

/**
 * A silent agent's node is asked whether its kernel answers, this long before the limit: the two attempts that TCP makes in that time
 * (RFC 6298 §2: the second after 1 s) are over when the decision falls.
 */
export const askKernelForMs = 1100

/** How often silence is looked for. */
export const tickMs = 100

/** A tick that is later than this says that this process stood still, and that the time is not the others' fault. */
export const standstillMs = 250

export interface Heard {
  readonly nodeId: string
  /** Monotonic milliseconds. */
  readonly heardAtMs: number
  /** On this very machine: its reports say nothing of any link. */
  readonly isLocal: boolean
}

/**
 * Who has been silent for longer than `limitMs`. None when no agent of another machine is surely heard: then it is our own link that is cut, and
 * what we take for lost runs on.
 */
export function findSilent(agents: readonly Heard[], nowMs: number, limitMs: number): readonly string[] {
  const others = agents.filter(({ isLocal }) => !isLocal)
  if (!others.some(({ heardAtMs }) => nowMs - heardAtMs <= surelyHeardMs)) return []
  return others.filter(({ heardAtMs }) => nowMs - heardAtMs > limitMs).map(({ nodeId }) => nodeId)
}
