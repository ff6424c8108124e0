import { expect, it } from 'vitest'
import { listDevices } from '../../../../src/manager/devices/list-devices.ts'
import { aNode, anInstance, aSnapshot } from '../../placement/builders.ts'
import { aNeedingService, anAbsentSensor, aSensor, aSensorNode, claims } from './a-garden.ts'

const climate = aNeedingService('climate')
const [w1, w2] = [aSensorNode('w1', 'b', 'a'), aSensorNode('w2', 'c')]
const snapshot = aSnapshot({
  nodes: [w2, w1],
  services: [climate],
  instances: [anInstance(climate, w1, claims('a'))],
})

it('are told by node and id, with who holds them', () => {
  const devices = { [w1.id]: [aSensor('b'), aSensor('a')], [w2.id]: [anAbsentSensor('c'), aSensor('new')] }
  const list = listDevices(
    snapshot,
    (node) => devices[node],
    () => true,
  )
  expect(
    list.map(({ node, id, isPresent, isOffered, holders }) => [node, id, isPresent, isOffered, holders]),
  ).toEqual([
    ['w1', 'a', true, true, ['garden/climate.1']],
    ['w1', 'b', true, true, []],
    ['w2', 'c', false, true, []],
    ['w2', 'new', true, false, []],
  ])
})

it('are not known to be there where their node is not heard', () => {
  const list = listDevices(
    snapshot,
    () => [aSensor('a'), anAbsentSensor('b')],
    (node) => node === w1.id,
  )
  expect(list.map(({ isPresent }) => isPresent)).toEqual([true, false, undefined, undefined])
})

it('are those that the Engine offers until the agent has told of them', () => {
  const node = aNode('w1', {
    genericResources: [
      { kind: '/dev/video0', value: 'cam' },
      { kind: 'camera', value: 'cam#1' },
      { kind: 'camera', value: 'cam#2' },
      { kind: 'ssd', count: 3 },
    ],
  })
  const list = listDevices(
    aSnapshot({ nodes: [node] }),
    () => undefined,
    () => true,
  )
  expect(list).toEqual([
    {
      id: 'cam',
      node: 'w1',
      capability: 'camera',
      isPresent: undefined,
      absence: '',
      isOffered: true,
      shared: 2,
      holders: [],
      paths: ['/dev/video0'],
    },
  ])
})
