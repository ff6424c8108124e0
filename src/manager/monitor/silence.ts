// When a node counts as away: the arithmetic of silence.

/** Between two reports of an agent, as it sends them (src/worker/agent.ts). */
const reportEveryMs = 1000
/** A cut of so long must move nothing. */
const shortCutMs = 3000
/** Until the agent's next try after the link is back, and its way here. */
const retryMs = 300

/**
 * The last report before a cut may be as old as the time between two. So a node whose cut ends in time is heard again within
 * 1000 + 3000 + 300 ms of its last report; one that is silent for longer is not.
 */
export const silenceLimitMs = reportEveryMs + shortCutMs + retryMs

/** Whoever was heard within this is surely there: two reports may be lost. */
export const surelyHeardMs = 2 * reportEveryMs + retryMs

/** How often silence is looked for. */
export const tickMs = 100

/** A tick that comes this late says that this process stood still, not that the others did. */
export const standstillMs = 1000

/**
 * Which nodes are to be set aside now.
 * @param heardAtMs by node id
 * @returns none when nobody at all is heard: then it is our own link that is cut, and there is nowhere to go
 */
export function findSilent(heardAtMs: ReadonlyMap<string, number>, nowMs: number): readonly string[] {
  const ages = [...heardAtMs].map(([nodeId, heard]) => ({ nodeId, ageMs: nowMs - heard }))
  if (!ages.some(({ ageMs }) => ageMs <= surelyHeardMs)) return []
  return ages.filter(({ ageMs }) => ageMs > silenceLimitMs).map(({ nodeId }) => nodeId)
}
