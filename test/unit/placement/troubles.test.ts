import { describe, expect, it } from 'vitest'
import type { ClusterInstance } from '../../../src/model/cluster/instance.ts'
import { type Trouble, troublesOf } from '../../../src/placement/troubles.ts'
import { aNode, anInstance, aService, aSnapshot } from './builders.ts'

const node = aNode('w1')
const service = aService('climate')
const troubles = (...instances: ClusterInstance[]): Trouble[] =>
  troublesOf(service.id, aSnapshot({ nodes: [node], services: [service], instances }))

describe('the troubles of a service', () => {
  it('are none while its instances run, whatever was before', () => {
    expect(
      troubles(
        anInstance(service, node, { state: 'failed', error: 'task: non-zero exit (1)', createdAtMs: 1 }),
        anInstance(service, node, { createdAtMs: 2 }),
        anInstance(aService('other'), undefined, { state: 'pending', error: 'no suitable node' }),
      ),
    ).toEqual([])
  })

  it('tell what Swarm says of one that waits, once it says something', () => {
    const waits = anInstance(service, undefined, { state: 'pending', slot: 3 })
    expect(troubles(waits)).toEqual([])
    const error = 'no suitable node (scheduling constraints not satisfied on 2 nodes)'
    expect(troubles({ ...waits, error })).toEqual([
      { instance: 3, kind: 'waiting', node: undefined, reason: error },
    ])
  })

  it('tell how the last one at an empty place ended', () => {
    const rejected = anInstance(service, node, {
      state: 'rejected',
      error: 'No such image: hub:5000/climate:1@sha256:abc',
      image: 'hub:5000/climate:1@sha256:abc',
      createdAtMs: 1,
    })
    const next = anInstance(service, node, { state: 'preparing', createdAtMs: 2 })
    const failed = anInstance(service, node, { slot: 2, state: 'failed', error: 'task: non-zero exit (137)' })
    expect(troubles(next, failed, rejected)).toEqual([
      {
        instance: 1,
        kind: 'rejected',
        node: 'w1',
        reason: 'the node does not have the image hub:5000/climate:1 and could not pull it',
      },
      { instance: 2, kind: 'failed', node: 'w1', reason: 'its program ended with exit code 137' },
    ])
  })

  it('fall back to Swarm’s message, and to the id of a node that is gone', () => {
    const lost = anInstance(service, undefined, { nodeId: 'x9', state: 'rejected', message: 'preparing' })
    expect(troubles(lost)).toEqual([{ instance: 1, kind: 'rejected', node: 'x9', reason: 'preparing' }])
  })

  it('are told for each node of a service that runs on every node', () => {
    const second = aNode('w2')
    const instances = [node, second].map((on) =>
      anInstance(service, on, { slot: 0, state: 'rejected', error: 'broken' }),
    )
    const found = troublesOf(service.id, aSnapshot({ nodes: [node, second], instances }))
    expect(found.map((trouble) => trouble.node)).toEqual(['w1', 'w2'])
  })
})
