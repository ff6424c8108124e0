import { describe, expect, it } from 'vitest'
import { parseConstraint, whyUnmet } from '../../../src/placement/constraint.ts'
import { aNode } from './builders.ts'

const node = aNode('worker1', {
  labels: { zone: 'barn', Zone: 'other', empty: '' },
  engineLabels: { gpu: 'none' },
})
const why = (text: string): string | undefined => whyUnmet(parseConstraint(text), node)

describe('a constraint that holds', () => {
  it.each([
    'node.id==id-worker1',
    'node.hostname == worker1',
    'node.hostname==WORKER1',
    'NODE.HostName==worker1',
    'node.hostname!=worker2',
    'node.role == worker',
    'node.role != manager',
    'node.ip == 10.77.0.11',
    'node.ip == 10.77.0.0/24',
    'node.ip != 10.78.0.0/16',
    'node.platform.os == Linux',
    'node.platform.arch == aarch64',
    'node.labels.zone == BARN',
    'node.labels.zone != field',
    'NODE.LABELS.zone == barn',
    'node.labels.Zone == other',
    'node.labels.nosuch != field',
    'engine.labels.gpu == none',
  ])('%s', (text) => {
    expect(why(text)).toBeUndefined()
  })
})

describe('a constraint that does not hold says what is there instead', () => {
  it.each([
    ['node.labels.zone==field', 'constraint node.labels.zone == field: it is "barn"'],
    ['node.labels.zone  !=  barn', 'constraint node.labels.zone != barn: it is "barn"'],
    ['node.labels.ZONE==barn', 'constraint node.labels.ZONE == barn: it has no such label'],
    ['node.labels.constructor==x', 'constraint node.labels.constructor == x: it has no such label'],
    ['node.labels.empty==x', 'constraint node.labels.empty == x: it is ""'],
    ['engine.labels.gpu==nvidia', 'constraint engine.labels.gpu == nvidia: it is "none"'],
    ['node.role==manager', 'constraint node.role == manager: it is "worker"'],
    ['node.ip==10.77.0.12', 'constraint node.ip == 10.77.0.12: it is "10.77.0.11"'],
    ['node.ip!=10.77.0.0/24', 'constraint node.ip != 10.77.0.0/24: it is "10.77.0.11"'],
    ['node.ip==worker1', 'constraint node.ip == worker1: worker1 is no IP address or range'],
    ['node.platform.arch==arm64', 'constraint node.platform.arch == arm64: it is "aarch64"'],
    ['node.colour==red', 'constraint node.colour == red: Swarm knows no node.colour'],
    ['node.labels.==red', 'constraint node.labels. == red: Swarm knows no node.labels.'],
    ['rubbish', 'constraint rubbish: Swarm knows no such constraint'],
  ])('%s', (text, reason) => {
    expect(why(text)).toBe(reason)
  })
})
