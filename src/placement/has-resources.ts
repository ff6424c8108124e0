// Whether a node has enough left of what an instance reserves: CPUs, memory, generic resources.
import type { AgentDevice } from '../model/cluster/agent-messages.ts'
import type { ClusterNode } from '../model/cluster/node.ts'
import { whyWithout } from './has-generic.ts'
import type { Occupancy } from './occupancy.ts'
import { renderCpus, renderFree, renderNeed } from './quantity.ts'
import type { Requirements } from './requirements.ts'

/** What is free is what the node has less what instances on it reserve, not what they use. */
export function whyShort(
  requirements: Requirements,
  node: ClusterNode,
  held: Occupancy,
  devices: readonly AgentDevice[],
): string[] {
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
  for (const wanted of requirements.genericResources)
    reasons.push(...whyWithout(wanted, node, held.claims, devices))
  return reasons
}
