import { describe, expect, it } from 'vitest'
import type { AgentDevice } from '../../../src/model/cluster/agent-messages.ts'
import { withBars } from '../../../src/model/cluster/bars.ts'
import { reachableOnly } from '../../../src/model/cluster/labels.ts'
import type { ClusterNode } from '../../../src/model/cluster/node.ts'
import type { ClusterSnapshot } from '../../../src/model/cluster/snapshot.ts'
import type { SwarmServiceSpec } from '../../../src/model/swarm-service-spec.ts'
import { type JudgeOptions, judgeNodes } from '../../../src/placement/judge-nodes.ts'
import { requirementsOf } from '../../../src/placement/requirements.ts'
import { aNode, anInstance, aService, aSnapshot, aSpec, mebibyte } from './builders.ts'

/** Name of each node to why it cannot. */
function judge(
  spec: SwarmServiceSpec,
  snapshot: Partial<ClusterSnapshot>,
  options?: JudgeOptions,
): Record<string, readonly string[]> {
  const verdicts = judgeNodes(requirementsOf(spec), aSnapshot(snapshot), options)
  return Object.fromEntries(verdicts.map(({ node, reasons }) => [node.name, reasons]))
}

const reserving = (reservations: object): SwarmServiceSpec =>
  aSpec({ Resources: { Reservations: reservations } })

const wantsGeneric = (kind: string, count: number): SwarmServiceSpec =>
  reserving({ GenericResources: [{ DiscreteResourceSpec: { Kind: kind, Value: count } }] })

/** Present, of humidity, for one holder. */
const aDevice = (id: string, changes: Partial<AgentDevice> = {}): AgentDevice => ({
  id,
  capability: 'humidity',
  shared: 1,
  isPresent: true,
  absence: '',
  paths: [],
  ...changes,
})

const onPort = (port: number): SwarmServiceSpec =>
  aSpec(
    {},
    {
      EndpointSpec: {
        Ports: [{ Protocol: 'udp', TargetPort: 5683, PublishedPort: port, PublishMode: 'host' }],
      },
    },
  )

describe('a node that is ready', () => {
  it('can run what asks for nothing; nodes are told by name', () => {
    const verdicts = judge(aSpec(), { nodes: [aNode('b'), aNode('a')] })
    expect(verdicts).toEqual({ a: [], b: [] })
    expect(Object.keys(verdicts)).toEqual(['a', 'b'])
  })

  it.each<[string, Partial<ClusterNode>, string[]]>([
    ['drained', { availability: 'drain' }, ['is drained']],
    ['paused', { availability: 'pause' }, ['is paused: it takes no new instances']],
    ['down', { state: 'down', message: 'heartbeat failure' }, ['is down (heartbeat failure)']],
    ['unknown', { state: 'unknown' }, ['has not been heard of since the manager started']],
    ['down and drained', { state: 'down', availability: 'drain' }, ['is down', 'is drained']],
  ])('or is %s', (_, changes, reasons) => {
    expect(judge(aSpec(), { nodes: [aNode('n', changes)] })).toEqual({ n: reasons })
  })
})

describe('a node that the monitor set aside', () => {
  const labels = { 'shoal.away': '2024-02-03T12:03:11.250Z', 'shoal.silent': 'yes' }
  const nodes = [aNode('n', { labels })]

  it('does not answer, for services of Shoal', () => {
    const spec = aSpec({ Placement: { Constraints: [reachableOnly] } })
    expect(judge(spec, { nodes })).toEqual({ n: ['does not answer (away since 12:03:11 UTC)'] })
    expect(judge(spec, { nodes: [aNode('n')] })).toEqual({ n: [] })
  })

  it('is like any other for services that somebody else made: Swarm would place them there', () => {
    expect(judge(aSpec(), { nodes })).toEqual({ n: [] })
  })
})

describe('memory and CPUs', () => {
  const node = aNode('n')
  const other = aService('other')
  const holder = anInstance(other, node, {
    reserved: { nanoCpus: 750_000_000, memoryBytes: 471 * mebibyte },
  })

  it('are what the node has less what instances reserve', () => {
    const snapshot = { nodes: [node], services: [other], instances: [holder] }
    expect(judge(reserving({ MemoryBytes: 41 * mebibyte, NanoCPUs: 250_000_000 }), snapshot)).toEqual({
      n: [],
    })
    expect(judge(reserving({ MemoryBytes: 64 * mebibyte, NanoCPUs: 1_000_000_000 }), snapshot)).toEqual({
      n: ['needs 1 CPU, 0.25 CPUs free of 1 CPU', 'needs 64 MiB, 41 MiB free of 512 MiB'],
    })
  })

  it('never read as if there were enough', () => {
    const snapshot = { nodes: [node], instances: [holder], services: [other] }
    expect(judge(reserving({ MemoryBytes: 41 * mebibyte + 1 }), snapshot)).toEqual({
      n: ['needs 41.1 MiB, 41 MiB free of 512 MiB'],
    })
  })

  it.each([
    ['running', 'running', true],
    ['preparing', 'running', true],
    ['running', 'shutdown', true],
    ['running', 'remove', true],
    ['pending', 'running', false],
    ['failed', 'running', false],
    ['rejected', 'shutdown', false],
    ['shutdown', 'shutdown', false],
    ['orphaned', 'shutdown', false],
  ] as const)('are held by an instance that is %s and is to be %s: %s', (state, desiredState, holds) => {
    const instances = [{ ...holder, state, desiredState }]
    const reasons = judge(reserving({ MemoryBytes: 64 * mebibyte }), { nodes: [node], instances }).n
    expect(reasons).toHaveLength(holds ? 1 : 0)
  })

  it('are free again where the service that holds them is the one to be placed', () => {
    const snapshot = { nodes: [node], services: [other], instances: [holder] }
    const spec = reserving({ MemoryBytes: 500 * mebibyte })
    expect(judge(spec, snapshot, { excludeServiceId: other.id })).toEqual({ n: [] })
  })

  it('are each node’s own', () => {
    const free = aNode('free')
    const verdicts = judge(reserving({ MemoryBytes: 64 * mebibyte }), {
      nodes: [node, free],
      services: [other],
      instances: [holder],
    })
    expect(verdicts).toMatchObject({ free: [], n: [expect.any(String)] })
  })
})

describe('generic resources', () => {
  const climate = aService('climate')
  const named = aNode('named', {
    genericResources: [
      { kind: 'humidity', value: 'dht11-kitchen' },
      { kind: 'humidity', value: 'dht11-cellar' },
    ],
  })
  const counted = aNode('counted', { genericResources: [{ kind: 'ssd', count: 3 }] })
  const claims = (node: ClusterNode, kind: string, ...values: string[]) =>
    anInstance(climate, node, { claims: values.map((value) => ({ kind, value })) })

  it('are there, or not at all', () => {
    expect(judge(wantsGeneric('humidity', 2), { nodes: [named, counted] })).toEqual({
      named: [],
      counted: ['has no humidity'],
    })
    expect(judge(wantsGeneric('humidity', 3), { nodes: [named] })).toEqual({
      named: ['needs 3 humidity, 2 free of 2'],
    })
  })

  it('that are named are claimed by name', () => {
    const one = {
      nodes: [named],
      services: [climate],
      instances: [claims(named, 'humidity', 'dht11-kitchen')],
    }
    expect(judge(wantsGeneric('humidity', 1), one)).toEqual({ named: [] })
    expect(judge(wantsGeneric('humidity', 2), one)).toEqual({
      named: ['needs 2 humidity, 1 free of 2: dht11-kitchen is claimed by garden/climate.1'],
    })
    const both = { ...one, instances: [claims(named, 'humidity', 'dht11-kitchen', 'dht11-cellar')] }
    expect(judge(wantsGeneric('humidity', 1), both)).toEqual({
      named: [
        'has humidity (dht11-kitchen), claimed by garden/climate.1, and humidity (dht11-cellar), claimed by garden/climate.1',
      ],
    })
  })

  it('that are counted are claimed by number', () => {
    const snapshot = { nodes: [counted], services: [climate], instances: [claims(counted, 'ssd', '2')] }
    expect(judge(wantsGeneric('ssd', 1), snapshot)).toEqual({ counted: [] })
    expect(judge(wantsGeneric('ssd', 2), snapshot)).toEqual({
      counted: ['needs 2 ssd, 1 free of 3: 2 ssd are claimed by garden/climate.1'],
    })
  })

  it('of a service that is gone have no owner’s name', () => {
    const snapshot = { nodes: [counted], instances: [claims(counted, 'ssd', '3')] }
    expect(judge(wantsGeneric('ssd', 1), snapshot)).toEqual({
      counted: ['has no ssd left: 3 ssd are claimed by a service that is being removed'],
    })
  })
})

describe('devices', () => {
  const climate = aService('climate', wantsGeneric('humidity', 1))
  const kitchen = aDevice('dht11-kitchen')
  const node = aNode('n', { genericResources: [{ kind: 'humidity', value: 'dht11-kitchen' }] })
  const holder = anInstance(climate, node, { claims: [{ kind: 'humidity', value: 'dht11-kitchen' }] })
  const judgeWith = (
    spec: SwarmServiceSpec,
    devices: readonly AgentDevice[] | undefined,
    snapshot: Partial<ClusterSnapshot> = {},
    options: JudgeOptions = {},
  ) => judge(spec, { nodes: [node], ...snapshot }, { devicesOf: () => devices, ...options }).n

  it('are named with who holds them', () => {
    expect(judgeWith(climate.spec, [kitchen])).toEqual([])
    expect(judgeWith(climate.spec, [kitchen], { services: [climate], instances: [holder] })).toEqual([
      'has humidity (dht11-kitchen), claimed by garden/climate.1',
    ])
  })

  it('that are shared are named once, with all who hold them', () => {
    const shared = aNode('n', {
      genericResources: ['cam#1', 'cam#2'].map((value) => ({ kind: 'camera', value })),
    })
    const watch = aService('watch')
    const instances = ['cam#1', 'cam#2'].map((value, index) =>
      anInstance(watch, shared, { slot: index + 1, claims: [{ kind: 'camera', value }] }),
    )
    expect(
      judgeWith(wantsGeneric('camera', 1), [aDevice('cam', { capability: 'camera', shared: 2 })], {
        nodes: [shared],
        services: [watch],
        instances,
      }),
    ).toEqual(['has camera (cam), claimed by garden/watch.1, garden/watch.2'])
  })

  it('that are absent are said to be, with the reason', () => {
    const absent = aDevice('dht11-kitchen', { isPresent: false, absence: 'no IIO device is named dht11' })
    expect(judgeWith(climate.spec, [absent])).toEqual([
      'humidity dht11-kitchen is absent: no IIO device is named dht11',
    ])
    expect(judge(climate.spec, { nodes: [node] }).n).toEqual([])
  })

  it('are found by a path too', () => {
    const path = '/dev/serial/by-id/modem'
    const nodes = [aNode('n', { genericResources: [{ kind: path, value: 'modem' }] })]
    const modem = aDevice('modem', { capability: 'modem', paths: [path] })
    const spec = wantsGeneric(path, 1)
    expect(judgeWith(spec, [modem], { nodes })).toEqual([])
    expect(judgeWith(spec, [{ ...modem, isPresent: false }], { nodes })).toEqual([`${path} modem is absent`])
    expect(judgeWith(spec, [])).toEqual([`has no ${path}`])
  })

  it('are claimed under whatever kind somebody holds them', () => {
    const nodes = [
      aNode('n', {
        genericResources: [
          { kind: 'camera', value: 'cam' },
          { kind: '/dev/video0', value: 'cam' },
        ],
      }),
    ]
    const instances = [anInstance(climate, nodes[0], { claims: [{ kind: 'camera', value: 'cam' }] })]
    const there = { nodes, services: [climate], instances }
    const cam = aDevice('cam', { capability: 'camera', paths: ['/dev/video0'] })
    expect(judgeWith(wantsGeneric('/dev/video0', 1), [cam], there)).toEqual([
      'has /dev/video0 (cam), claimed by garden/climate.1',
    ])
    expect(judgeWith(wantsGeneric('/dev/video0', 1), [], there)).toEqual([])
  })

  it('that the Engine does not offer are more than nothing', () => {
    expect(judgeWith(wantsGeneric('laser', 1), [aDevice('laser-1', { capability: 'laser' })])).toEqual([
      'has laser (laser-1), but its Engine does not offer it yet',
    ])
  })

  it('of which one is absent: the other counts', () => {
    const cellar = aDevice('dht11-cellar', { isPresent: false })
    const both = aNode('n', {
      genericResources: ['dht11-kitchen', 'dht11-cellar'].map((value) => ({ kind: 'humidity', value })),
    })
    const there = { nodes: [both], services: [climate], instances: [holder] }
    const own = { serviceId: climate.id, excludeServiceId: climate.id }
    expect(judgeWith(climate.spec, [kitchen, cellar], there, own)).toEqual([])
    expect(judgeWith(climate.spec, [kitchen, cellar], there)).toEqual([
      'humidity dht11-cellar is absent',
      'has humidity (dht11-kitchen), claimed by garden/climate.1',
    ])
    expect(judgeWith(wantsGeneric('humidity', 2), [kitchen, cellar], there, own)).toEqual([
      'humidity dht11-cellar is absent',
      'needs 2 humidity, 1 free of 2',
    ])
    const absent = { ...kitchen, isPresent: false }
    expect(judgeWith(climate.spec, [absent, cellar], there, own)).toEqual([
      'humidity dht11-kitchen is absent',
      'humidity dht11-cellar is absent',
    ])
  })

  it('bar nodes by constraints that nobody takes for the user’s own', () => {
    const spec = withBars(climate.spec, [node.id])
    expect(judgeWith(spec, [kitchen])).toEqual([])
    expect(judgeWith(spec, undefined)).toEqual([
      'a device that it needs was absent there when it was heard last',
    ])
    const his = aSpec({ Placement: { Constraints: [`node.id!=${node.id}`] } })
    expect(judgeWith(withBars(his, [node.id]), [kitchen])).toEqual([
      `constraint node.id != ${node.id}: it is "${node.id}"`,
    ])
  })
})

describe('platforms', () => {
  const nodes = [
    aNode('board'),
    aNode('pc', { architecture: 'amd64', machine: 'x86_64' }),
    aNode('old', { architecture: 'arm', machine: 'armv7l' }),
  ]
  const built = (...Platforms: { OS?: string; Architecture?: string }[]): SwarmServiceSpec =>
    aSpec({ ContainerSpec: { Image: 'hub:5000/climate:1@sha256:abc' }, Placement: { Platforms } })

  it('are told by Go’s names and by the kernel’s', () => {
    expect(judge(built({ OS: 'linux', Architecture: 'amd64' }), { nodes })).toEqual({
      board: ['is linux/arm64: the image hub:5000/climate:1 has linux/amd64 only'],
      old: ['is linux/armv7l: the image hub:5000/climate:1 has linux/amd64 only'],
      pc: [],
    })
    expect(judge(built({ OS: 'linux', Architecture: 'aarch64' }), { nodes })).toMatchObject({ board: [] })
  })

  it('are any where the image says none, or leaves a part out', () => {
    expect(judge(built(), { nodes })).toEqual({ board: [], pc: [], old: [] })
    expect(judge(built({ OS: 'linux' }), { nodes })).toEqual({ board: [], pc: [], old: [] })
    expect(
      judge(built({ OS: 'windows', Architecture: 'arm64' }, { Architecture: 'x86_64' }), { nodes }),
    ).toMatchObject({
      board: ['is linux/arm64: the image hub:5000/climate:1 has windows/arm64, any/amd64 only'],
      pc: [],
    })
  })

  it('of 32 bits do not match in Swarm', () => {
    expect(judge(built({ OS: 'linux', Architecture: 'arm' }), { nodes }).old).toEqual([
      'is linux/armv7l: the image hub:5000/climate:1 has linux/arm only',
    ])
  })
})

describe('plugins', () => {
  const withVolume = aSpec({
    ContainerSpec: {
      Image: 'climate:1',
      Mounts: [{ Type: 'volume', VolumeOptions: { DriverConfig: { Name: 'rexray' } } }, { Type: 'bind' }],
    },
  })

  it('of volumes have to be there, the local one always is', () => {
    expect(judge(withVolume, { nodes: [aNode('n')] })).toEqual({ n: ['has no volume plugin rexray'] })
    expect(judge(withVolume, { nodes: [aNode('n', { plugins: ['Volume/rexray:latest'] })] })).toEqual({
      n: [],
    })
    const local = aSpec({
      ContainerSpec: {
        Image: 'climate:1',
        Mounts: [{ Type: 'volume', VolumeOptions: { DriverConfig: { Name: 'local' } } }],
      },
    })
    expect(judge(local, { nodes: [aNode('n', { plugins: [] })] })).toEqual({ n: [] })
  })

  it('of networks: an overlay’s', () => {
    const spec = aSpec({ Networks: [{ Target: 'garden_default' }] })
    expect(judge(spec, { nodes: [aNode('n', { plugins: ['Network/host'] })] })).toEqual({
      n: ['has no network plugin overlay'],
    })
    const onHost = aSpec({ Networks: [{ Target: 'host' }] })
    expect(judge(onHost, { nodes: [aNode('n', { plugins: ['Network/host'] })] })).toEqual({ n: [] })
  })

  it('of logs, unless the Engine tells of none', () => {
    const spec = aSpec({ LogDriver: { Name: 'splunk' } })
    expect(judge(spec, { nodes: [aNode('n'), aNode('mute', { plugins: [] })] })).toEqual({
      n: ['has no log plugin splunk'],
      mute: [],
    })
    expect(judge(aSpec({ LogDriver: { Name: 'none' } }), { nodes: [aNode('n')] })).toEqual({ n: [] })
  })
})

describe('ports of the node', () => {
  const node = aNode('n')
  const holder = aService('compute', onPort(5683))
  const snapshot = { nodes: [node], services: [holder], instances: [anInstance(holder, node, { slot: 2 })] }

  it('are held by the instance that named them', () => {
    expect(judge(onPort(5683), snapshot)).toEqual({ n: ['its port 5683/udp is held by garden/compute.2'] })
    expect(judge(onPort(5684), snapshot)).toEqual({ n: [] })
  })

  it('that the Engine chooses stand in nobody’s way', () => {
    const chosen = aService('compute', onPort(0))
    const instances = [
      anInstance(chosen, node, { ports: [{ containerPort: 5683, hostPort: 5683, protocol: 'udp' }] }),
    ]
    expect(judge(onPort(5683), { nodes: [node], services: [chosen], instances })).toEqual({ n: [] })
    expect(judge(onPort(0), snapshot)).toEqual({ n: [] })
    expect(judge(onPort(5683), { nodes: [node], instances })).toEqual({
      n: ['its port 5683/udp is held by a service that is being removed'],
    })
  })

  it('are not its own obstacle when a service is placed anew', () => {
    expect(judge(onPort(5683), snapshot, { excludeServiceId: holder.id })).toEqual({ n: [] })
  })
})

describe('the most instances on a node', () => {
  const node = aNode('n')
  const service = aService('compute', aSpec({ Placement: { MaxReplicas: 2 } }))
  const other = aService('other')
  const judgeWith = (...states: ('running' | 'shutdown')[]) =>
    judge(
      service.spec,
      {
        nodes: [node],
        services: [service, other],
        instances: [
          anInstance(other, node),
          ...states.map((desiredState) => anInstance(service, node, { desiredState })),
        ],
      },
      { serviceId: service.id },
    ).n

  it('counts those of the service that are to run', () => {
    expect(judgeWith('running')).toEqual([])
    expect(judgeWith('running', 'shutdown')).toEqual([])
    expect(judgeWith('running', 'running')).toEqual(['has 2 of its instances, of at most 2 on a node'])
  })
})

describe('several obstacles', () => {
  it('are all told, in Swarm’s order', () => {
    const spec = aSpec({
      Resources: { Reservations: { MemoryBytes: 1024 * mebibyte } },
      LogDriver: { Name: 'splunk' },
      Placement: {
        Constraints: ['node.labels.zone == field', 'node.role == worker'],
        Platforms: [{ OS: 'linux', Architecture: 'amd64' }],
      },
    })
    expect(judge(spec, { nodes: [aNode('n', { availability: 'drain', labels: { zone: 'barn' } })] })).toEqual(
      {
        n: [
          'is drained',
          'needs 1024 MiB, 512 MiB free of 512 MiB',
          'has no log plugin splunk',
          'constraint node.labels.zone == field: it is "barn"',
          'is linux/arm64: the image climate:1 has linux/amd64 only',
        ],
      },
    )
  })
})
