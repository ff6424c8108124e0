import { describe, expect, it } from 'vitest'
import { explainBriefly, explainPlacement } from '../../../src/placement/explain.ts'
import { explainService } from '../../../src/placement/explain-service.ts'
import type { Trouble } from '../../../src/placement/troubles.ts'
import { aNode, anInstance, aService, aSnapshot, aSpec } from './builders.ts'

const verdicts = [
  { node: aNode('gateway'), reasons: ['is drained'] },
  { node: aNode('w1'), reasons: [] },
  { node: aNode('w2'), reasons: ['needs 64 MiB, 41 MiB free of 512 MiB', 'is drained'] },
  { node: aNode('w3'), reasons: ['is drained'] },
]

const troubles: readonly Trouble[] = [
  {
    instance: 2,
    kind: 'waiting',
    node: undefined,
    reason: 'no suitable node (insufficient resources on 1 node)',
  },
  { instance: 2, kind: 'rejected', node: 'w1', reason: 'no such file' },
  { instance: 0, kind: 'failed', node: 'w2', reason: 'its program ended with exit code 1' },
]

describe('the explanation', () => {
  it('has a line for the service, for each node and for each trouble', () => {
    expect(explainPlacement('garden/climate', verdicts, troubles).split('\n')).toEqual([
      'garden/climate can run on 1 of 4 nodes',
      '  gateway  cannot: is drained',
      '  w1       can',
      '  w2       cannot: needs 64 MiB, 41 MiB free of 512 MiB; is drained',
      '  w3       cannot: is drained',
      'instance 2 waits: Swarm says: no suitable node (insufficient resources on 1 node)',
      'instance 2 was rejected on w1: no such file',
      'its instance failed on w2: its program ended with exit code 1',
    ])
  })

  it('counts one node in the singular, and says when there is none', () => {
    expect(explainPlacement('a/b', verdicts.slice(1, 2))).toMatch(/^a\/b can run on 1 of 1 node\n/)
    expect(explainPlacement('a/b', [])).toBe('a/b can run nowhere: the cluster has no nodes')
  })
})

describe('the brief explanation', () => {
  it('is one line, with nodes of equal reasons together', () => {
    expect(explainBriefly('garden/climate', verdicts)).toBe(
      'garden/climate can run on 1 of 4 nodes; gateway, w3: is drained; w2: needs 64 MiB, 41 MiB free of 512 MiB, is drained',
    )
  })

  it('never exceeds its bound, and says how much is left out', () => {
    const whole = explainBriefly('gärten/climate', verdicts, { troubles })
    for (let maxBytes = 0; maxBytes <= whole.length + 20; maxBytes++) {
      const text = explainBriefly('gärten/climate', verdicts, { troubles, maxBytes })
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxBytes)
      expect(text).not.toContain('\uFFFD')
    }
    expect(explainBriefly('g/c', verdicts, { maxBytes: 70 })).toBe(
      'g/c can run on 1 of 4 nodes; gateway, w3: is drained; 1 more',
    )
  })
})

describe('a service of the cluster', () => {
  const node = aNode('w1')
  const service = aService('climate', aSpec({ Placement: { MaxReplicas: 1 } }))
  const running = anInstance(service, node)

  it('does not stand in its own way while all of it runs', () => {
    const { text } = explainService(
      service,
      aSnapshot({ nodes: [node], services: [service], instances: [running] }),
      () => undefined,
    )
    expect(text).toBe('garden/climate can run on 1 of 1 node\n  w1  can')
  })

  it('does when one more of it waits', () => {
    const error = 'no suitable node (max replicas per node limit exceed)'
    const waits = anInstance(service, undefined, { slot: 2, state: 'pending', error })
    const {
      text,
      brief,
      verdicts: judged,
    } = explainService(
      service,
      aSnapshot({ nodes: [node], services: [service], instances: [running, waits] }),
      () => undefined,
    )
    expect(text.split('\n')).toEqual([
      'garden/climate can run on 0 of 1 node',
      '  w1  cannot: has 1 of its instances, of at most 1 on a node',
      `instance 2 waits: Swarm says: ${error}`,
    ])
    expect(brief()).not.toContain('\n')
    expect(judged).toHaveLength(1)
  })
})
