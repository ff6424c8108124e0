// Whether a node takes new instances at all.
import type { ClusterNode } from '../model/cluster/node.ts'

export function whyNotReady({ state, availability, message }: ClusterNode): string[] {
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
