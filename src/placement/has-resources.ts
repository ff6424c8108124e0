// Whether a node has enough left of what an instance reserves: CPUs, memory, generic resources.
import type { ClusterNode } from '../model/cluster/node.ts'
import type { Claim, Occupancy } from './occupancy.ts'
import { renderCpus, renderFree, renderNeed } from './quantity.ts'
import type { Requirements } from './requirements.ts'

/** What is free is what the node has less what instances on it reserve, not what they use. */
export function whyShort(requirements: Requirements, node: ClusterNode, held: Occupancy): string[] {
  const reasons: string[] = []
  const cpus = Math.round(node.cpus * 1e9)
  const freeCpus = cpus - held.nanoCpus
  if (requirements.nanoCpus > freeCpus) {
    reasons.push(
      `needs ${renderCpus(requirements.nanoCpus)}, ${renderCpus(freeCpus)} free of ${renderCpus(cpus)}`,
    )
  }
  const freeBytes = node.memoryBytes - held.memoryBytes
  if (requirements.memoryBytes > freeBytes) {
    reasons.push(
      `needs ${renderNeed(requirements.memoryBytes)}, ${renderFree(freeBytes)} free of ${renderFree(node.memoryBytes)}`,
    )
  }
  for (const wanted of requirements.genericResources) reasons.push(...whyWithout(wanted, node, held))
  return reasons
}

function whyWithout(
  { kind, count }: Requirements['genericResources'][number],
  node: ClusterNode,
  { claims }: Occupancy,
): string[] {
  const resources = node.genericResources.filter((resource) => resource.kind === kind)
  const taken = claims.filter((claim) => claim.kind === kind)
  const total = resources.reduce((sum, resource) => sum + ('value' in resource ? 1 : resource.count), 0)
  const isNamed = resources.some((resource) => 'value' in resource)
  const free = isNamed
    ? resources.filter(
        (resource) => 'value' in resource && !taken.some(({ value }) => value === resource.value),
      ).length
    : total - taken.reduce((sum, { value }) => sum + Number(value), 0)
  // Swarm asks for at least one to be there even of a service that wants none.
  if (free >= Math.max(1, count)) return []
  if (total === 0) return [`has no ${kind}`]
  const claimed = taken.map((claim) => renderClaim(claim, kind, isNamed)).join(', ')
  if (free <= 0) return [`has no ${kind} left: ${claimed}`]
  return [`needs ${count} ${kind}, ${free} free of ${total}${claimed === '' ? '' : `: ${claimed}`}`]
}

function renderClaim({ value, holder }: Claim, kind: string, isNamed: boolean): string {
  if (isNamed) return `${value} is claimed by ${holder}`
  return value === '1' ? `1 ${kind} is claimed by ${holder}` : `${value} ${kind} are claimed by ${holder}`
}
