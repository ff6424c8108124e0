// A cluster whose nodes have sensors, as values: what a test does not name is there and free.
import type { AgentDevice } from '../../../../src/model/cluster/agent-messages.ts'
import type { ClusterNode } from '../../../../src/model/cluster/node.ts'
import type { ClusterService } from '../../../../src/model/cluster/service.ts'
import { clusterService, renderFor } from '../../model/cluster-reading.ts'
import { aNode, aService } from '../../placement/builders.ts'

/** Its Engine offers these devices of humidity. */
export function aSensorNode(name: string, ...ids: readonly string[]): ClusterNode {
  return aNode(name, { genericResources: ids.map((value) => ({ kind: 'humidity', value })) })
}

export function aSensor(id: string, changes: Partial<AgentDevice> = {}): AgentDevice {
  return { id, capability: 'humidity', shared: 1, isPresent: true, absence: '', paths: [], ...changes }
}

export function anAbsentSensor(id: string): AgentDevice {
  return aSensor(id, { isPresent: false, absence: 'unplugged' })
}

/** `garden/NAME`, as Shoal makes it of a Compose file. */
export function aNeedingService(name: string, needs = ['humidity']): ClusterService {
  const service = clusterService(`x-shoal: {needs: [${needs.join(', ')}]}`)
  return aService(
    name,
    renderFor(
      { name: 'garden', services: [service], network: undefined, warnings: [], cluster: undefined },
      service.name,
    ),
  )
}

/** What an instance holds. */
export function claims(...ids: readonly string[]): { claims: { kind: string; value: string }[] } {
  return { claims: ids.map((value) => ({ kind: 'humidity', value })) }
}
