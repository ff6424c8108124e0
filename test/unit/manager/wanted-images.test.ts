import { describe, expect, it } from 'vitest'
import { wantedImages } from '../../../src/manager/wanted-images.ts'
import type { ClusterNode } from '../../../src/model/cluster/node.ts'
import { aNode, anInstance, specsOf } from './cluster-builders.ts'

const climate = (more = '') => specsOf(`name: green\nservices:\n  climate:\n    image: climate:1\n${more}`)
const image = `10.0.0.1:5000/climate:1@sha256:${'a'.repeat(64)}`
const plugins = ['Network/bridge', 'Log/json-file']

function at(nodes: readonly Partial<ClusterNode>[], specs = climate(), instances = [anInstance()]) {
  const snapshot = {
    nodes: nodes.map((node) => aNode({ plugins, ...node })),
    services: [],
    instances,
    takenAtMs: 0,
  }
  return wantedImages(snapshot, specs)
}

describe('the images that nodes should have', () => {
  it('are those of what they could run', () => {
    expect(at([{ id: 'n1' }, { id: 'n2' }])).toEqual(
      new Map([
        ['n1', [image]],
        ['n2', [image]],
      ]),
    )
  })

  it('leave out nodes that can never run it', () => {
    const picky = climate('    deploy: { placement: { constraints: [node.labels.zone == field] } }')
    expect([...at([{ id: 'n1' }, { id: 'n2', labels: { zone: 'field' } }], picky).keys()]).toEqual(['n2'])
  })

  it('do not ask what a node has free at the moment', () => {
    const large = climate('    deploy: { resources: { reservations: { memory: 800m } } }')
    const full = anInstance({ reserved: { nanoCpus: 0, memoryBytes: 2 ** 30 } })
    expect([...at([{ id: 'n1' }], large, [full]).keys()]).toEqual(['n1'])
  })

  it('are wanted on a node that is down for a moment, and not on one that its operator drained', () => {
    const nodes = [
      { id: 'n1', state: 'down' },
      { id: 'n2', availability: 'drain' },
    ] as const
    expect([...at(nodes).keys()]).toEqual(['n1'])
  })

  it('are named by their digests alone', () => {
    const [spec] = climate()
    if (spec === undefined) throw new Error('no service')
    const { TaskTemplate: task } = spec
    const tagged = {
      ...spec,
      TaskTemplate: { ...task, ContainerSpec: { ...task.ContainerSpec, Image: 'climate:1' } },
    }
    expect(at([{ id: 'n1' }], [tagged]).size).toBe(0)
  })
})
