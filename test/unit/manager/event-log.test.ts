import { describe, expect, it } from 'vitest'
import { EventLog } from '../../../src/manager/event-log.ts'
import type { ClusterEvent } from '../../../src/model/cluster/event.ts'

const away = { kind: 'node-away', subject: 'worker1', text: 'silent' } as const

describe('the log of events', () => {
  it('numbers events from 1 and knows when they were', () => {
    const log = new EventLog({ now: () => 1234 })
    expect(log.add(away)).toEqual({ id: 1, atMs: 1234, ...away })
    expect(log.add(away).id).toBe(2)
  })

  it('gives those after one that is known', () => {
    const log = new EventLog()
    for (let n = 0; n < 3; n += 1) log.add(away)
    expect(log.since(0).map(({ id }) => id)).toEqual([1, 2, 3])
    expect(log.since(2).map(({ id }) => id)).toEqual([3])
    expect(log.since(3)).toEqual([])
  })

  it('remembers the last thousand', () => {
    const log = new EventLog()
    for (let n = 0; n < 1005; n += 1) log.add(away)
    const events = log.since(0)
    expect(events).toHaveLength(1000)
    expect(events[0]?.id).toBe(6)
  })

  it('tells who follows, until he has enough', () => {
    const log = new EventLog()
    const told: ClusterEvent[] = []
    const end = log.follow((event) => told.push(event))
    log.add(away)
    end()
    log.add(away)
    expect(told.map(({ id }) => id)).toEqual([1])
  })
})
