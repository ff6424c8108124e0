// Builders for a cluster as values: what a test does not name has a plain value.
import type { ClusterInstance } from '../../../src/model/cluster/instance.ts'
import type { ClusterNode } from '../../../src/model/cluster/node.ts'
import type { ClusterService } from '../../../src/model/cluster/service.ts'
import type { ClusterSnapshot } from '../../../src/model/cluster/snapshot.ts'
import type { SwarmServiceSpec, SwarmTaskSpec } from '../../../src/model/swarm-service-spec.ts'

export const mebibyte = 1 << 20

/** A worker of 1 CPU and 512 MiB. */
export function aNode(name: string, changes: Partial<ClusterNode> = {}): ClusterNode {
  return {
    id: `id-${name}`,
    version: 1,
    name,
    role: 'worker',
    state: 'ready',
    availability: 'active',
    address: '10.77.0.11',
    os: 'linux',
    architecture: 'arm64',
    machine: 'aarch64',
    cpus: 1,
    memoryBytes: 512 * mebibyte,
    labels: {},
    engineLabels: {},
    genericResources: [],
    plugins: ['Volume/local', 'Network/overlay', 'Network/host', 'Log/json-file', 'Log/journald'],
    engineVersion: '20.10.24',
    message: '',
    ...changes,
  }
}

export function aSpec(
  task: Partial<SwarmTaskSpec> = {},
  changes: Partial<SwarmServiceSpec> = {},
): SwarmServiceSpec {
  return {
    Name: 'garden_climate',
    TaskTemplate: { ContainerSpec: { Image: 'climate:1' }, ...task },
    Mode: { Replicated: { Replicas: 1 } },
    ...changes,
  }
}

/** `garden/NAME` */
export function aService(name: string, spec: SwarmServiceSpec = aSpec()): ClusterService {
  return {
    id: `id-${name}`,
    version: 1,
    swarmName: `garden_${name}`,
    application: 'garden',
    name,
    spec,
    hasPreviousSpec: false,
    update: undefined,
    createdAtMs: 0,
    changedAtMs: 0,
  }
}

let instances = 0

/** Of a service, running on a node. */
export function anInstance(
  service: ClusterService,
  node: ClusterNode | undefined,
  changes: Partial<ClusterInstance> = {},
): ClusterInstance {
  return {
    id: `i${++instances}`,
    serviceId: service.id,
    slot: 1,
    nodeId: node?.id,
    state: 'running',
    desiredState: 'running',
    message: '',
    error: '',
    image: 'climate:1',
    containerId: undefined,
    ports: [],
    createdAtMs: instances,
    changedAtMs: instances,
    specVersion: 0,
    claims: [],
    reserved: { nanoCpus: 0, memoryBytes: 0 },
    ...changes,
  }
}

export function aSnapshot(parts: Partial<ClusterSnapshot>): ClusterSnapshot {
  return { nodes: [], services: [], instances: [], takenAtMs: 0, ...parts }
}
