import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Monitor } from '../../../../src/manager/monitor/monitor.ts'
import { silenceLimitMs } from '../../../../src/manager/monitor/silence.ts'
import { clusterLabel } from '../../../../src/model/cluster/labels.ts'
import { until } from '../../../until.ts'
import { aNode, anInstance, aService, aSnapshot, aSpec } from '../../placement/builders.ts'
import { ACluster, aReport } from './a-cluster.ts'

const { signal } = new AbortController()
const labels = { [clusterLabel.active]: '1', [clusterLabel.standby]: '1' }
const climate = aService('climate', aSpec({}, { Labels: labels, Mode: { Replicated: { Replicas: 2 } } }))
const [w1, w2] = [aNode('w1'), aNode('w2')]
const [active, standby] = [anInstance(climate, w1), anInstance(climate, w2)]

let cluster: ACluster
let monitor: Monitor

beforeEach(() => {
  cluster = new ACluster(aSnapshot({ nodes: [w1, w2], services: [climate], instances: [active, standby] }))
  monitor = new Monitor({
    engine: cluster.engine,
    view: cluster.view,
    events: cluster.events,
    wantedImages: () => new Map([[w1.id, ['climate@sha256:1']]]),
    now: cluster.now,
    answers: async () => false,
  })
  monitor.start(signal)
})
afterEach(async () => {
  await monitor.stop()
})

/** Lets time pass in steps that are no standstill. */
async function pass(ms: number, whileHeard: string): Promise<void> {
  const endMs = cluster.nowMs + ms
  for (let n = 100; cluster.nowMs < endMs; n += 1) {
    cluster.nowMs += 150
    await monitor.report(whileHeard, aReport({ session: 99, sequence: n, instances: undefined }))
    await new Promise((resolve) => setTimeout(resolve, 105))
  }
}

describe('a report', () => {
  it('of a node that Swarm does not know is refused', async () => {
    expect(await monitor.report('nobody', aReport())).toEqual({ kind: 'unknown-node' })
    expect(monitor.hasAgent('nobody')).toBe(false)
  })

  it('is answered with the orders while the agent holds others', async () => {
    const answer = await monitor.report(w1.id, aReport())
    if (answer.kind !== 'orders') throw new Error(answer.kind)
    expect(answer.orders.images).toEqual(['climate@sha256:1'])
    const next = aReport({ sequence: 2, ordersTag: answer.orders.tag, instances: undefined })
    expect(await monitor.report(w1.id, next)).toEqual({ kind: 'as-before' })
  })

  it('that leaves out what a manager that began anew never heard is answered with the wish for all', async () => {
    expect(await monitor.report(w1.id, aReport({ instances: undefined }))).toEqual({ kind: 'whole' })
  })

  it('that comes late, after a newer one, changes nothing', async () => {
    const answering = [{ id: active.id, state: 'answering' } as const]
    await monitor.report(w1.id, aReport({ sequence: 5, instances: answering }))
    await monitor.report(w1.id, aReport({ sequence: 4, instances: [] }))
    expect(monitor.instanceState(active.id)).toBe('answering')
    await monitor.report(w1.id, aReport({ session: 2, sequence: 1, instances: [] }))
    expect(monitor.instanceState(active.id)).toBeUndefined()
  })

  it('tells of devices that go and come, and is asked for what they are', async () => {
    const dht11 = { id: 'dht11', capability: 'humidity', shared: 1, paths: [] }
    const [there, gone] = [
      { ...dht11, isPresent: true, absence: '' },
      { ...dht11, isPresent: false, absence: 'unplugged' },
    ]
    expect(monitor.devicesOf(w1.id)).toBeUndefined()
    await monitor.report(w1.id, aReport({ devices: [there] }))
    await monitor.report(w1.id, aReport({ sequence: 2, devices: [gone] }))
    expect(monitor.devicesOf(w1.id)).toEqual([gone])
    await monitor.report(w1.id, aReport({ sequence: 3, devices: undefined }))
    await monitor.report(w1.id, aReport({ session: 2, sequence: 1, devices: [there] }))
    expect(cluster.told).toEqual(['device-absent w1/dht11', 'device-present w1/dht11'])
  })

  it('tells of problems and of a wrong clock once', async () => {
    const now = Math.floor(Date.now() / 1000)
    await monitor.report(w1.id, aReport({ problems: ['fetch: denied'], clockSeconds: now - 3600 }))
    await monitor.report(w1.id, aReport({ sequence: 2, problems: ['fetch: denied'] }))
    expect(cluster.told).toEqual(['problem w1', 'problem w1'])
    expect(monitor.troubleOf(w1.id).problems).toEqual(['fetch: denied'])
    expect(cluster.events.since(0)[0]?.text).toMatch(/^its clock is 3\d\d\d s behind/)
  })
})

describe('orders', () => {
  it('are pushed when a report changes what another node is to do', async () => {
    let pushed = 0
    const end = monitor.onOrders(w2.id, () => {
      pushed += 1
    })
    await monitor.report(w1.id, aReport({ instances: [{ id: active.id, state: 'answering' }] }))
    await monitor.report(w2.id, aReport({ instances: [{ id: standby.id, state: 'answering' }] }))
    expect(monitor.orders(w2.id).paused).toEqual([standby.id])
    await monitor.report(w2.id, aReport({ sequence: 2, instances: [{ id: standby.id, state: 'paused' }] }))
    const before = pushed
    await monitor.report(w1.id, aReport({ sequence: 2, instances: [] }))
    expect(monitor.orders(w2.id).paused).toEqual([])
    expect(pushed).toBe(before + 1)
    end()
  })

  it('follow a number at once that Swarm is only just being told', async () => {
    await monitor.report(w1.id, aReport({ instances: [{ id: active.id, state: 'answering' }] }))
    await monitor.report(w2.id, aReport({ instances: [{ id: standby.id, state: 'paused' }] }))
    await monitor.applyCounts(climate.id, 0)
    expect(monitor.orders(w1.id).paused).toEqual([active.id])
    await monitor.applyCounts(climate.id, 2)
    expect(monitor.orders(w1.id).paused).toEqual([])
    expect(monitor.orders(w2.id).paused).toEqual([])
  })
})

describe('silence', () => {
  it('sets a node aside, also when somebody else changes its record at the same time', async () => {
    await monitor.report(w1.id, aReport())
    cluster.conflicts = 1
    await pass(silenceLimitMs + 1500, w2.id)
    await until('it is set aside', () => cluster.labelsOf(w1.id)[clusterLabel.silent] === 'yes')
    expect(monitor.isAway(w1.id)).toBe(true)
  })

  it('does not count while this process itself stood still', async () => {
    await monitor.report(w1.id, aReport())
    await monitor.report(w2.id, aReport())
    cluster.nowMs += 60_000
    await until('the standstill is seen', () => (monitor.silenceMs(w1.id) ?? 0) < silenceLimitMs)
    expect(monitor.isAway(w1.id)).toBe(false)
    expect(cluster.changes).toEqual([])
  })
})
