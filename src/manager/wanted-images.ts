// Which images each node should have before anybody asks for them: those of the services and catalogue entries that it could run.
import type { ClusterSnapshot } from '../model/cluster/snapshot.ts'
import type { SwarmServiceSpec } from '../model/swarm-service-spec.ts'
import { judgeNodes } from '../placement/judge-nodes.ts'
import { requirementsOf } from '../placement/requirements.ts'

/**
 * @param specs of the services that run, and of those that may be asked for
 * @returns node ids to images. What a node has to give at the moment plays no part: it may be free when the node is needed.
 */
export function wantedImages(
  snapshot: ClusterSnapshot,
  specs: readonly SwarmServiceSpec[],
): ReadonlyMap<string, readonly string[]> {
  const empty = { ...snapshot, instances: [] }
  const images = new Map<string, Set<string>>()
  for (const spec of specs) {
    const { Image: image } = spec.TaskTemplate.ContainerSpec
    if (!image.includes('@sha256:')) continue
    for (const { node, reasons } of judgeNodes(requirementsOf(spec), withAllReady(empty))) {
      // A node that its operator drained runs nothing; one that is away may be back soon.
      if (reasons.length > 0 || node.availability === 'drain') continue
      const wanted = images.get(node.id) ?? new Set()
      images.set(node.id, wanted.add(image))
    }
  }
  return new Map([...images].map(([nodeId, wanted]) => [nodeId, [...wanted].sort()]))
}

function withAllReady(snapshot: ClusterSnapshot): ClusterSnapshot {
  return {
    ...snapshot,
    nodes: snapshot.nodes.map((node) => ({
      ...node,
      state: 'ready',
      availability: node.availability === 'drain' ? 'drain' : 'active',
    })),
  }
}
