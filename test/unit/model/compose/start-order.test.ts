import { array, assert, integer, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planStartOrder } from '../../../../src/model/compose/start-order.ts'

function aService(name: string, ...needs: readonly string[]) {
  return { name, dependsOn: needs.map((service) => ({ service })) }
}

describe('the start order', () => {
  it('is that of the file where nothing depends on anything', () => {
    const services = [aService('c'), aService('a'), aService('b')]
    expect(planStartOrder(services)).toEqual({ ok: true, services })
  })

  it('has a service behind those that it needs, and they behind theirs', () => {
    const [web, cache, db] = [aService('web', 'cache', 'db'), aService('cache', 'db'), aService('db')]
    expect(planStartOrder([web, cache, db])).toEqual({ ok: true, services: [db, cache, web] })
  })

  it('names the services that wait for one another', () => {
    const services = [aService('a', 'b'), aService('b', 'c'), aService('c', 'd'), aService('d', 'b')]
    expect(planStartOrder(services)).toEqual({ ok: false, cycle: ['b', 'c', 'd', 'b'] })
  })

  it('takes a service that needs itself for a cycle', () => {
    expect(planStartOrder([aService('a', 'a')])).toEqual({ ok: false, cycle: ['a', 'a'] })
  })

  it('keeps every service once, and each behind those that it needs', () => {
    assert(
      property(array(array(integer({ min: 0, max: 30 }), { maxLength: 4 }), { maxLength: 30 }), (needs) => {
        // Service n may need only services before it: there is no cycle.
        const services = needs.map((wanted, n) =>
          aService(`s${n}`, ...wanted.filter((other) => other < n).map((other) => `s${other}`)),
        )
        const order = planStartOrder(services.toReversed())
        if (!order.ok) throw new Error(order.cycle.join())
        expect(order.services.toSorted()).toHaveLength(services.length)
        const position = new Map(order.services.map(({ name }, index) => [name, index]))
        for (const { name, dependsOn } of services) {
          for (const { service } of dependsOn) {
            expect(position.get(service)).toBeLessThan(position.get(name) ?? -1)
          }
        }
      }),
    )
  })
})
