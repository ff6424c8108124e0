import { describe, expect, it } from 'vitest'
import { planBars, wantedBars } from '../../../../src/manager/devices/plan-bars.ts'
import type { AgentDevice } from '../../../../src/model/cluster/agent-messages.ts'
import { withBars } from '../../../../src/model/cluster/bars.ts'
import type { ClusterInstance } from '../../../../src/model/cluster/instance.ts'
import { aNode, anInstance, aService, aSnapshot } from '../../placement/builders.ts'
import { aNeedingService, anAbsentSensor, aSensor, aSensorNode, claims } from './a-garden.ts'

const climate = aNeedingService('climate')
const barred = { ...climate, spec: withBars(climate.spec, ['id-w1']) }
const other = aNeedingService('other')
const [w1, w2] = [aSensorNode('w1', 'a', 'b'), aSensorNode('w2', 'c')]
const holding = (id: string, changes: Partial<ClusterInstance> = {}) =>
  anInstance(climate, w1, { ...claims(id), ...changes })

/** Names of the nodes that `climate` is to be barred from. */
function bars(
  devices: Readonly<Record<string, readonly AgentDevice[]>>,
  instances: readonly ClusterInstance[] = [],
  service = climate,
): readonly string[] {
  const snapshot = aSnapshot({ nodes: [w1, w2], services: [service, other], instances })
  return wantedBars(service.spec, service.id, snapshot, (nodeId) => devices[nodeId.slice(3)]).map((id) =>
    id.slice(3),
  )
}

const there = { w1: [aSensor('a'), aSensor('b')], w2: [aSensor('c')] }

describe('a node is barred', () => {
  it('when all that it has of the kind is absent', () => {
    expect(bars(there)).toEqual([])
    expect(bars({ ...there, w2: [anAbsentSensor('c')] })).toEqual(['w2'])
    expect(bars({ w1: [anAbsentSensor('a'), anAbsentSensor('b')], w2: [anAbsentSensor('c')] })).toEqual([
      'w1',
      'w2',
    ])
  })

  it('when what is present is not enough, or is held by others', () => {
    const one = { ...there, w1: [aSensor('a'), anAbsentSensor('b')] }
    expect(bars(one)).toEqual([])
    expect(bars(one, [anInstance(other, w1, claims('a'))])).toEqual(['w1'])
    expect(bars(one, [], aNeedingService('climate', ['humidity', 'humidity']))).toEqual(['w1'])
  })

  it('while an instance runs there with the absent device, though another is free', () => {
    const one = { ...there, w1: [aSensor('a'), anAbsentSensor('b')] }
    expect(bars(one, [holding('b')])).toEqual(['w1'])
    expect(bars(one, [holding('b', { desiredState: 'shutdown' })])).toEqual([])
  })
})

describe('a node is not barred', () => {
  it('from which an instance would be driven whose own devices are present', () => {
    expect(bars({ ...there, w1: [aSensor('a'), anAbsentSensor('b')] }, [holding('a')])).toEqual([])
    const second = anInstance(other, w1, claims('b'))
    expect(bars({ ...there, w1: [aSensor('a'), anAbsentSensor('b')] }, [holding('a'), second])).toEqual([])
  })

  it('for a device that its Engine does not offer, or that is of another kind', () => {
    expect(bars({ ...there, w1: [...there.w1, anAbsentSensor('new')] })).toEqual([])
    expect(bars({ ...there, w2: [aSensor('c'), { ...anAbsentSensor('l'), capability: 'laser' }] })).toEqual(
      [],
    )
  })

  it('from a service that needs nothing', () => {
    const plain = aService('plain')
    const snapshot = aSnapshot({ nodes: [w2], services: [plain] })
    expect(wantedBars(plain.spec, plain.id, snapshot, () => [anAbsentSensor('c')])).toEqual([])
  })
})

describe('a device that is held under another of its kinds', () => {
  const [camera, path] = ['camera', '/dev/video0']
  const node = aNode('w1', {
    genericResources: [
      { kind: camera, value: 'cam' },
      { kind: path, value: 'cam' },
    ],
  })
  const cam = aSensor('cam', { capability: camera, paths: [path] })
  const watch = aNeedingService('watch', [camera])
  const record = {
    ...climate,
    id: 'id-record',
    spec: {
      ...climate.spec,
      TaskTemplate: {
        ...climate.spec.TaskTemplate,
        Resources: {
          Reservations: { GenericResources: [{ DiscreteResourceSpec: { Kind: path, Value: 1 } }] },
        },
      },
    },
  }
  const watching = anInstance(watch, node, { claims: [{ kind: camera, value: 'cam' }] })
  const recording = (changes: Partial<ClusterInstance> = {}) =>
    anInstance(record, node, { claims: [{ kind: path, value: 'cam' }], ...changes })
  const barredOf = (device: AgentDevice, ...instances: readonly ClusterInstance[]) =>
    planBars(aSnapshot({ nodes: [node], services: [watch, record], instances }), () => [device]).map(
      ({ service }) => service.id,
    )

  it('bars its node for those who came later, and for them alone', () => {
    expect(barredOf(cam)).toEqual([])
    expect(barredOf(cam, watching)).toEqual([record.id])
    expect(barredOf(cam, watching, recording({ state: 'starting' }))).toEqual([record.id])
    expect(barredOf(cam, { ...watching, state: 'starting' }, recording())).toEqual([watch.id])
    expect(barredOf(cam, watching, recording({ state: 'assigned' }))).toEqual([record.id])
  })

  it('does not while it has a place left', () => {
    const offers = {
      genericResources: [camera, path].flatMap((kind) =>
        ['cam#1', 'cam#2'].map((value) => ({ kind, value })),
      ),
    }
    const snapshot = aSnapshot({
      nodes: [{ ...node, ...offers }],
      services: [watch, record],
      instances: [anInstance(watch, node, { claims: [{ kind: camera, value: 'cam#1' }] })],
    })
    expect(planBars(snapshot, () => [{ ...cam, shared: 2 }])).toEqual([])
  })
})

describe('a node that is not heard', () => {
  it('keeps what it has', () => {
    expect(bars({ w2: there.w2 }, [], barred)).toEqual(['w1'])
    expect(bars({ w2: there.w2 })).toEqual([])
  })

  it('loses it when it is no longer in the cluster', () => {
    const gone = { ...climate, spec: withBars(climate.spec, ['id-gone']) }
    expect(bars(there, [], gone)).toEqual([])
  })
})

describe('the plan', () => {
  it('has the services of Shoal whose bars are to be others, and no more', () => {
    const foreign = { ...climate, id: 'foreign', spec: { ...climate.spec, Labels: {} } }
    const snapshot = aSnapshot({ nodes: [w1, w2], services: [climate, barred, foreign] })
    const plan = planBars(snapshot, (nodeId) => (nodeId === w1.id ? there.w1 : [anAbsentSensor('c')]))
    expect(plan).toEqual([
      { service: climate, nodeIds: [w2.id] },
      { service: barred, nodeIds: [w2.id] },
    ])
    expect(planBars({ ...snapshot, services: [climate] }, () => there.w1)).toEqual([])
  })
})
