import { expect, it } from 'vitest'
import { canMove } from '../../../../src/manager/monitor/can-move.ts'
import type { ClusterSnapshot } from '../../../../src/model/cluster/snapshot.ts'
import { aNode, anInstance, aService, aSnapshot, aSpec } from '../../placement/builders.ts'

const [barn, field] = [aNode('barn'), aNode('field', { labels: { zone: 'field' } })]
const anywhere = aService('anywhere')
const pinned = aService('pinned', aSpec({ Placement: { Constraints: ['node.labels.zone == field'] } }))
const everywhere = aService('everywhere', aSpec({}, { Mode: { Global: {} } }))

function snapshot(...services: readonly (typeof anywhere)[]): ClusterSnapshot {
  return aSnapshot({
    nodes: [barn, field],
    services,
    instances: services.map((service) => anInstance(service, field)),
  })
}

const nobodyAway = (): boolean => false

it('is true when another node can take one of the instances', () => {
  expect(canMove(field.id, snapshot(anywhere), nobodyAway)).toBe(true)
  expect(canMove(field.id, snapshot(pinned, anywhere), nobodyAway)).toBe(true)
})

it('is false when nothing of it can run elsewhere', () => {
  expect(canMove(field.id, snapshot(pinned), nobodyAway)).toBe(false)
  expect(canMove(field.id, snapshot(pinned, everywhere), nobodyAway)).toBe(false)
  expect(canMove(field.id, snapshot(anywhere), (nodeId) => nodeId === barn.id)).toBe(false)
})

it('is true for a node that runs nothing: nothing new is to be put there', () => {
  expect(canMove(field.id, snapshot(), nobodyAway)).toBe(true)
})
