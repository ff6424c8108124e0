import { expect, it } from 'vitest'
import { canMove } from '../../../../src/manager/monitor/can-move.ts'
import type { AgentDevice } from '../../../../src/model/cluster/agent-messages.ts'
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
const noDevices = (): readonly AgentDevice[] => []

it('is true when another node can take one of the instances', () => {
  expect(canMove(field.id, snapshot(anywhere), nobodyAway, noDevices)).toBe(true)
  expect(canMove(field.id, snapshot(pinned, anywhere), nobodyAway, noDevices)).toBe(true)
})

it('is false when nothing of it can run elsewhere', () => {
  expect(canMove(field.id, snapshot(pinned), nobodyAway, noDevices)).toBe(false)
  expect(canMove(field.id, snapshot(pinned, everywhere), nobodyAway, noDevices)).toBe(false)
  expect(canMove(field.id, snapshot(anywhere), (nodeId) => nodeId === barn.id, noDevices)).toBe(false)
})

it('is true for a node that runs nothing: nothing new is to be put there', () => {
  expect(canMove(field.id, snapshot(), nobodyAway, noDevices)).toBe(true)
})

it('is false when the device that would be needed elsewhere is absent there', () => {
  const genericResources = [{ kind: 'humidity', value: 'dht11-barn' }]
  const needing = aService(
    'climate',
    aSpec({
      Resources: {
        Reservations: { GenericResources: [{ DiscreteResourceSpec: { Kind: 'humidity', Value: 1 } }] },
      },
    }),
  )
  const nodes = [{ ...barn, genericResources }, field]
  const devicesOf = (isPresent: boolean) => () => [
    { id: 'dht11-barn', capability: 'humidity', shared: 1, isPresent, absence: '', paths: [] },
  ]
  const there = { ...snapshot(needing), nodes }
  expect(canMove(field.id, there, nobodyAway, devicesOf(true))).toBe(true)
  expect(canMove(field.id, there, nobodyAway, devicesOf(false))).toBe(false)
})
