import { describe, expect, it } from 'vitest'
import { type OrdersInput, planOrders } from '../../../../src/manager/monitor/plan-orders.ts'
import { clusterLabel } from '../../../../src/model/cluster/labels.ts'
import type { ClusterService } from '../../../../src/model/cluster/service.ts'
import type { Liveness } from '../../../../src/model/cluster/views.ts'
import { aNode, anInstance, aService, aSnapshot, aSpec } from '../../placement/builders.ts'

const [w1, w2] = [aNode('w1'), aNode('w2')]

function counted(active: number, standby: number): ClusterService {
  const labels = { [clusterLabel.active]: String(active), [clusterLabel.standby]: String(standby) }
  return aService(
    'climate',
    aSpec({}, { Labels: labels, Mode: { Replicated: { Replicas: active + standby } } }),
  )
}

interface Facts {
  readonly states?: Readonly<Record<string, ReturnType<Liveness['instanceState']>>>
  readonly without?: readonly string[]
  readonly away?: readonly string[]
}

function plan(input: Partial<OrdersInput>, { states = {}, without = [], away = [] }: Facts = {}) {
  return planOrders({
    snapshot: aSnapshot({ nodes: [w1, w2] }),
    liveness: {
      instanceState: (id) => states[id],
      hasAgent: (nodeId) => !without.includes(nodeId),
      isAway: (nodeId) => away.includes(nodeId),
      troubleOf: () => ({ missingImages: [], problems: [] }),
      devicesOf: () => undefined,
    },
    asked: new Map(),
    images: new Map(),
    stopped: new Map(),
    wereActive: new Set(),
    isSettling: false,
    ...input,
  })
}

describe('of a service with a standby', () => {
  const service = counted(1, 1)
  const [one, two] = [anInstance(service, w1), anInstance(service, w2)]
  const snapshot = aSnapshot({ nodes: [w1, w2], services: [service], instances: [one, two] })
  const pausedOn = (nodeId: string, input: Partial<OrdersInput>, facts: Facts): readonly string[] =>
    plan({ snapshot, ...input }, facts).orders.get(nodeId)?.paused ?? []
  const bothAnswer = { [one.id]: 'answering', [two.id]: 'answering' } as const

  it('the surplus is paused on its node', () => {
    expect(pausedOn(w1.id, {}, { states: bothAnswer })).toEqual([])
    expect(pausedOn(w2.id, {}, { states: bothAnswer })).toEqual([two.id])
  })

  it('the standby is unpaused when the node of the active one is away', () => {
    const states = { [one.id]: 'answering', [two.id]: 'paused' } as const
    expect(pausedOn(w2.id, {}, { states, away: [w1.id] })).toEqual([])
  })

  it('the standby is unpaused when the agent does not see the active one any more, though Swarm does', () => {
    expect(pausedOn(w2.id, {}, { states: { [two.id]: 'paused' } })).toEqual([])
  })

  it('a number that was asked for just now goes before the label', () => {
    const asked = new Map([[service.id, 0]])
    expect(pausedOn(w1.id, { asked }, { states: bothAnswer })).toEqual([one.id])
  })

  it('what Swarm is taking away, or has not started, counts as nothing', () => {
    const ending = { ...one, desiredState: 'shutdown' as const }
    const coming = { ...one, state: 'preparing' as const }
    for (const other of [ending, coming]) {
      const instances = [other, two]
      expect(
        pausedOn(w2.id, { snapshot: { ...snapshot, instances } }, { states: { [two.id]: 'paused' } }),
      ).toEqual([])
    }
  })

  it('nothing is turned while a manager that begins anew has not heard all agents', () => {
    const facts = { states: { [two.id]: 'paused' }, without: [w1.id] } as const
    expect(pausedOn(w2.id, { isSettling: true }, facts)).toEqual([two.id])
    expect(pausedOn(w2.id, { isSettling: false }, facts)).toEqual([])
  })
})

describe('of other services', () => {
  it('those that Shoal did not deploy, and those with one instance a node, are never paused', () => {
    const foreign = { ...counted(0, 0), application: undefined }
    const everywhere = aService('node', aSpec({}, { Mode: { Global: {} } }))
    for (const service of [foreign, everywhere]) {
      const instance = anInstance(service, w1)
      const { orders } = plan({
        snapshot: aSnapshot({ nodes: [w1], services: [service], instances: [instance] }),
      })
      expect(orders.get(w1.id)?.paused).toEqual([])
    }
  })

  it('more instances than wanted are left running while an update rolls', () => {
    const update = { state: 'updating', message: '', startedAtMs: 0 } as const
    const service = { ...counted(1, 0), update }
    const instances = [anInstance(service, w1), anInstance(service, w2)]
    const { orders } = plan({ snapshot: aSnapshot({ nodes: [w1, w2], services: [service], instances }) })
    expect([...orders.values()].flatMap(({ paused }) => paused)).toEqual([])
  })
})

describe('the tag', () => {
  const tagOf = (input: Partial<OrdersInput>): number => plan(input).orders.get(w1.id)?.tag ?? 0
  const images = (...names: string[]) => new Map([[w1.id, names]])
  const stopped = (...ids: string[]) => new Map([[w1.id, ids]])

  it('is the same for the same orders, whatever the order in which they are told', () => {
    expect(tagOf({ stopped: stopped('a', 'b') })).toBe(tagOf({ stopped: stopped('b', 'a') }))
  })

  it('is another for other orders, and never 0', () => {
    const tags = [tagOf({}), tagOf({ stopped: stopped('a') }), tagOf({ images: images('a') })]
    expect(new Set(tags).size).toBe(3)
    expect(tags).not.toContain(0)
  })
})
