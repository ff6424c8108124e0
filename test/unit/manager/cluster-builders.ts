// Builders for the cluster's values that show what matters.
import type { ClusterInstance } from '../../../src/model/cluster/instance.ts'
import { clusterLabel } from '../../../src/model/cluster/labels.ts'
import type { ClusterNode } from '../../../src/model/cluster/node.ts'
import type { ClusterService } from '../../../src/model/cluster/service.ts'
import { parseCompose } from '../../../src/model/compose/parse-compose.ts'
import { renderSwarmService } from '../../../src/model/swarm-service.ts'
import type { SwarmServiceSpec } from '../../../src/model/swarm-service-spec.ts'

export function aNode(changes: Partial<ClusterNode> = {}): ClusterNode {
  return {
    id: 'n1',
    version: 1,
    name: 'worker1',
    role: 'worker',
    state: 'ready',
    availability: 'active',
    address: '10.0.0.2',
    os: 'linux',
    architecture: 'amd64',
    cpus: 2,
    memoryBytes: 2 ** 30,
    labels: {},
    engineLabels: {},
    genericResources: [],
    plugins: [],
    engineVersion: '20.10.24',
    message: '',
    ...changes,
  }
}

/** The specs of a Compose file, each with the image `registry/NAME@digest`. */
export function specsOf(compose: string, digest = 'a'): SwarmServiceSpec[] {
  const application = parseCompose(compose, { mode: 'cluster', fileName: 'compose.yaml' })
  return application.services.map((service) =>
    renderSwarmService(application, service, {
      image: `10.0.0.1:5000/${service.image}@sha256:${digest.repeat(64)}`,
      platforms: [],
      secretIds: new Map(),
      configIds: new Map(),
    }),
  )
}

export function aService(spec: SwarmServiceSpec, changes: Partial<ClusterService> = {}): ClusterService {
  return {
    id: `id-${spec.Name}`,
    version: 7,
    swarmName: spec.Name,
    application: spec.Labels?.[clusterLabel.application],
    name: spec.Labels?.[clusterLabel.service] ?? spec.Name,
    spec,
    hasPreviousSpec: false,
    update: undefined,
    createdAtMs: 0,
    changedAtMs: 0,
    ...changes,
  }
}

export function anInstance(changes: Partial<ClusterInstance> = {}): ClusterInstance {
  return {
    id: 'i1',
    serviceId: 'id-green_climate',
    slot: 1,
    nodeId: 'n1',
    state: 'running',
    desiredState: 'running',
    message: '',
    error: '',
    image: 'x',
    containerId: 'c1',
    ports: [{ containerPort: 5683, hostPort: 32768, protocol: 'udp' }],
    createdAtMs: 0,
    changedAtMs: 0,
    specVersion: 0,
    claims: [],
    reserved: { nanoCpus: 0, memoryBytes: 0 },
    ...changes,
  }
}
