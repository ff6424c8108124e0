// Verdicts as text: the one that `shoal explain`, the HTTP API and CoAP's 5.03 give.
import type { Verdict } from './judge-nodes.ts'
import type { Trouble } from './troubles.ts'

/**
 * First line `compute/compute can run on 1 of 3 nodes`, then one for each node, then what Swarm says of instances that do not run.
 * @param service as the user knows it: `APPLICATION/SERVICE`.
 */
export function explainPlacement(
  service: string,
  verdicts: readonly Verdict[],
  troubles: readonly Trouble[] = [],
): string {
  const width = Math.max(0, ...verdicts.map(({ node }) => node.name.length))
  const nodes = verdicts.map(({ node, reasons }) => {
    const verdict = reasons.length === 0 ? 'can' : `cannot: ${reasons.join('; ')}`
    return `  ${node.name.padEnd(width)}  ${verdict}`
  })
  return [summarise(service, verdicts), ...nodes, ...troubles.map(renderTrouble)].join('\n')
}

/**
 * The same facts on one line of bounded length, for a diagnostic payload (RFC 7252 §5.5.2): nodes with equal reasons together,
 * nodes that can left out, and at the end how many are not told for want of space.
 * @param maxBytes of UTF-8.
 */
export function explainBriefly(
  service: string,
  verdicts: readonly Verdict[],
  {
    troubles = [],
    maxBytes = 512,
  }: { readonly troubles?: readonly Trouble[]; readonly maxBytes?: number } = {},
): string {
  const refusing = verdicts.filter(({ reasons }) => reasons.length > 0)
  const byReason = Map.groupBy(refusing, ({ reasons }) => reasons.join(', '))
  const parts = [
    ...[...byReason].map(([reason, group]) => `${group.map(({ node }) => node.name).join(', ')}: ${reason}`),
    ...troubles.map(renderTrouble),
  ]
  return joinWithin(maxBytes, summarise(service, verdicts), parts)
}

function summarise(service: string, verdicts: readonly Verdict[]): string {
  if (verdicts.length === 0) return `${service} can run nowhere: the cluster has no nodes`
  const able = verdicts.filter(({ reasons }) => reasons.length === 0).length
  return `${service} can run on ${able} of ${verdicts.length} ${verdicts.length === 1 ? 'node' : 'nodes'}`
}

function renderTrouble({ instance, kind, node, reason }: Trouble): string {
  const subject = instance === 0 ? 'its instance' : `instance ${instance}`
  const place = node === undefined ? '' : ` on ${node}`
  if (kind === 'waiting') return `${subject}${place} waits: Swarm says: ${reason}`
  return kind === 'rejected'
    ? `${subject} was rejected${place}: ${reason}`
    : `${subject} failed${place}: ${reason}`
}

/** As many parts as fit, with the number of those that do not. */
function joinWithin(maxBytes: number, head: string, parts: readonly string[]): string {
  for (let kept = parts.length; kept >= 0; kept--) {
    const rest = parts.length - kept
    const text = [head, ...parts.slice(0, kept), ...(rest === 0 ? [] : [`${rest} more`])].join('; ')
    if (Buffer.byteLength(text) <= maxBytes) return text
  }
  return cut(head, maxBytes)
}

/** Between two characters: half of one is no UTF-8. */
function cut(text: string, maxBytes: number): string {
  let end = ''
  for (const character of text) {
    if (Buffer.byteLength(end + character) > maxBytes) break
    end += character
  }
  return end
}
