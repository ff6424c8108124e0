// What the comparison with Swarm's scheduler tries: settings of nodes, and services that ask for something. From a seed.
import fc from 'fast-check'
import type { ClusterNode } from '../../src/model/cluster/node.ts'
import type { SwarmPlacement, SwarmServiceSpec, SwarmTaskSpec } from '../../src/model/swarm-service-spec.ts'

export interface NodeSetting {
  readonly availability: ClusterNode['availability']
  readonly labels: Readonly<Record<string, string | undefined>>
}

const aNodeSetting: fc.Arbitrary<NodeSetting> = fc.record({
  availability: fc.constantFrom('active', 'active', 'active', 'pause', 'drain'),
  labels: fc.record({
    zone: fc.constantFrom('field', 'Barn', '', undefined),
    floor: fc.constantFrom('1', '2', undefined),
  }),
})

const keys = [
  'node.hostname',
  'node.labels.zone',
  'node.labels.floor',
  'Node.Labels.zone',
  'engine.labels.zone',
]
const values = ['manager', 'w1', 'W2', 'w3', 'field', 'barn', 'BARN', '1', '2']

const aConstraint = fc
  .record({
    operator: fc.constantFrom('==', '!=', ' == ', ' != '),
    sides: fc.oneof(
      { arbitrary: fc.tuple(fc.constantFrom(...keys), fc.constantFrom(...values)), weight: 5 },
      {
        arbitrary: fc.constantFrom<[string, string]>(
          ['node.role', 'worker'],
          ['node.role', 'Manager'],
          ['node.platform.os', 'linux'],
          ['node.platform.arch', 'x86_64'],
          ['node.platform.arch', 'amd64'],
          ['node.ip', '10.81.3.0/24'],
          ['node.ip', '10.81.3.0/30'],
          ['node.ip', '10.81.3.2'],
          ['node.ip', 'w1'],
          ['node.colour', 'red'],
          ['node.labels.', 'red'],
        ),
        weight: 4,
      },
    ),
  })
  .map(({ operator, sides: [key, value] }) => `${key}${operator}${value}`)

const aPlatform = fc.record(
  {
    OS: fc.constantFrom('linux', 'linux', 'windows'),
    Architecture: fc.constantFrom('amd64', 'x86_64', 'arm64', 'arm'),
  },
  { requiredKeys: [] },
)

/** What does not depend on what else runs on a node. */
const aStandingDemand: fc.Arbitrary<Partial<SwarmTaskSpec>> = fc
  .record({
    Constraints: fc.oneof(
      { arbitrary: fc.array(aConstraint, { minLength: 1, maxLength: 3 }), weight: 4 },
      { arbitrary: fc.constant([]), weight: 1 },
    ),
    Platforms: fc.oneof(
      { arbitrary: fc.constant([]), weight: 3 },
      { arbitrary: fc.array(aPlatform, { minLength: 1, maxLength: 2 }), weight: 1 },
    ),
    logDriver: fc.constantFrom(undefined, undefined, undefined, 'json-file', 'none', 'nosuch'),
  })
  .map(({ Constraints, Platforms, logDriver }) => ({
    Placement: { Constraints, Platforms },
    ...(logDriver === undefined ? {} : { LogDriver: { Name: logDriver } }),
  }))

export interface HoldingDemand {
  /** Of one node's memory and CPUs. */
  readonly memoryShare: number
  readonly cpuShare: number
  readonly gpio: number
  readonly ssd: number
  readonly port: number
  readonly maxReplicas: number
  readonly constraint: string | undefined
  /** What is done before: nothing, or a service that is there is removed, or gets one more instance. */
  readonly before: 'nothing' | 'remove' | 'grow'
}

const shares = [0, 0, 0, 0.3, 0.4, 0.6, 0.9, 1, 1.1]

const before = fc.constantFrom('nothing', 'remove', 'grow', 'grow')

/** What an instance holds, so that the next one does not find it. */
const aReservingDemand: fc.Arbitrary<HoldingDemand> = fc.record({
  memoryShare: fc.constantFrom(...shares),
  cpuShare: fc.constantFrom(...shares),
  gpio: fc.constantFrom(0, 0, 1, 1, 2),
  ssd: fc.constantFrom(0, 0, 1, 2, 3),
  port: fc.constantFrom(0, 0, 15683, 15684),
  maxReplicas: fc.constantFrom(0, 1, 1, 2),
  constraint: fc.constantFrom(undefined, 'node.role==worker', 'node.hostname!=w1', 'node.hostname==w3'),
  before,
})

/** Services that nothing but their number or their port limits. */
const aCrowdingDemand: fc.Arbitrary<HoldingDemand> = fc
  .record({
    limit: fc.constantFrom(
      { port: 0, maxReplicas: 1 },
      { port: 0, maxReplicas: 2 },
      { port: 15685, maxReplicas: 0 },
      { port: 15686, maxReplicas: 0 },
    ),
    constraint: fc.constantFrom('node.hostname==w3', 'node.hostname==manager', 'node.role==manager'),
    before,
  })
  .map(({ limit, ...rest }) => ({ memoryShare: 0, cpuShare: 0, gpio: 0, ssd: 0, ...limit, ...rest }))

const aHoldingDemand = fc.oneof(
  { arbitrary: aReservingDemand, weight: 2 },
  { arbitrary: aCrowdingDemand, weight: 1 },
)

/** Rounds of settings of four nodes, each with services that are created side by side. */
export function standingRounds(seed: number, rounds: number, services: number) {
  const round = fc.record({
    nodes: fc.array(aNodeSetting, { minLength: 4, maxLength: 4 }),
    demands: fc.array(aStandingDemand, { minLength: services, maxLength: services }),
  })
  return fc.sample(round, { seed, numRuns: rounds })
}

export function holdingDemands(seed: number, count: number): HoldingDemand[] {
  return [...certainDemands, ...fc.sample(aHoldingDemand, { seed, numRuns: count })]
}

const onW3: HoldingDemand = {
  ...{ memoryShare: 0, cpuShare: 0, gpio: 0, ssd: 0, port: 0, maxReplicas: 0 },
  ...{ constraint: 'node.hostname==w3', before: 'nothing' },
}

/** They meet the two obstacles that others often hide: a port that is held, and one instance too many on a node. */
const certainDemands: readonly HoldingDemand[] = [
  { ...onW3, port: 15685 },
  { ...onW3, port: 15685 },
  { ...onW3, maxReplicas: 1 },
  { ...onW3, before: 'grow' },
]

/** @param image `tiny` where its container has to run. */
export function renderService(name: string, task: Partial<SwarmTaskSpec>, image: string): SwarmServiceSpec {
  return {
    Name: name,
    TaskTemplate: {
      ContainerSpec: { Image: image, Command: ['sleep', '600'], Init: true, StopGracePeriod: 1_000_000_000 },
      RestartPolicy: { Condition: 'none' },
      ...task,
    },
    Mode: { Replicated: { Replicas: 1 } },
  }
}

export function renderHolding(name: string, demand: HoldingDemand, node: ClusterNode): SwarmServiceSpec {
  const generic = [
    { Kind: 'gpio', Value: demand.gpio },
    { Kind: 'ssd', Value: demand.ssd },
  ].filter(({ Value }) => Value > 0)
  const placement: SwarmPlacement = {
    ...(demand.constraint === undefined ? {} : { Constraints: [demand.constraint] }),
    ...(demand.maxReplicas === 0 ? {} : { MaxReplicas: demand.maxReplicas }),
  }
  const spec = renderService(
    name,
    {
      Placement: placement,
      Resources: {
        Reservations: {
          MemoryBytes: Math.floor(node.memoryBytes * demand.memoryShare),
          NanoCPUs: Math.floor(node.cpus * demand.cpuShare * 1e9),
          GenericResources: generic.map((DiscreteResourceSpec) => ({ DiscreteResourceSpec })),
        },
      },
    },
    'tiny',
  )
  if (demand.port === 0) return spec
  const port = { Protocol: 'udp', TargetPort: 5683, PublishedPort: demand.port, PublishMode: 'host' } as const
  return { ...spec, EndpointSpec: { Ports: [port] } }
}
