// Whether a node takes new instances at all.
import { clusterLabel } from '../model/cluster/labels.ts'
import type { ClusterNode } from '../model/cluster/node.ts'

/** A node that the monitor set aside is silent; that it is drained for this is not the user's doing, and not said. */
export function whyNotReady({ state, availability, labels, message }: ClusterNode): string[] {
  const away = labels[clusterLabel.away]
  if (away !== undefined && availability === 'drain') return [`does not answer (away since ${timeOf(away)})`]
  const reasons: string[] = []
  if (state !== 'ready') reasons.push(message === '' ? words[state] : `${words[state]} (${message})`)
  if (availability === 'drain') reasons.push('is drained')
  if (availability === 'pause') reasons.push('is paused: it takes no new instances')
  return reasons
}

const words = Object.freeze({
  down: 'is down',
  disconnected: 'is disconnected',
  unknown: 'has not been heard of since the manager started',
} as const)

/** `2024-02-03T04:05:06.789Z` as `04:05:06 UTC`; anything else as it is. */
function timeOf(moment: string): string {
  const time = /T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/.exec(moment)?.[1]
  return time === undefined ? moment : `${time} UTC`
}
