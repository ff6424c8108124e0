import { beforeEach, describe, expect, it } from 'vitest'
import { AgentBook } from '../../../../src/manager/monitor/agent-book.ts'
import { AwayNodes } from '../../../../src/manager/monitor/away-nodes.ts'
import { askKernelForMs } from '../../../../src/manager/monitor/silence.ts'
import { clusterLabel } from '../../../../src/model/cluster/labels.ts'
import type { ClusterNode } from '../../../../src/model/cluster/node.ts'
import { aNode, anInstance, aService, aSnapshot, aSpec } from '../../placement/builders.ts'
import { ACluster, aReport, tooLongMs } from './a-cluster.ts'

const { signal } = new AbortController()
const awayLabels = { [clusterLabel.away]: '2024-02-03T12:03:11.250Z', [clusterLabel.silent]: 'yes' }
const climate = aService('climate')

let cluster: ACluster
let book: AgentBook
let away: AwayNodes
/** Addresses whose kernel answers. */
let alive: Set<string>
let sequence = 0

beforeEach(() => begin(aNode('w1', { address: 'one' }), aNode('w2', { address: 'two' })))

function begin(...nodes: readonly ClusterNode[]): void {
  cluster = new ACluster(aSnapshot({ nodes, services: [climate] }))
  book = new AgentBook()
  alive = new Set()
  away = new AwayNodes({
    engine: cluster.engine,
    book,
    events: cluster.events,
    snapshot: cluster.view.snapshot,
    now: cluster.now,
    answers: async (address) => alive.has(address),
  })
}

/** @returns whether it is back, and is to be looked at */
function hear(nodeId: string, ...instances: readonly string[]): boolean {
  const report = aReport({
    sequence: ++sequence,
    instances: instances.map((id) => ({ id, state: 'answering' })),
  })
  book.take(nodeId, report, { nowMs: cluster.nowMs, wallSeconds: 0, isLocal: false })
  const node = cluster.snapshotNow.nodes.find(({ id }) => id === nodeId)
  return node !== undefined && away.heard(node)
}

/** `w1` falls silent while `w2` is heard, and its kernel is asked in time. */
async function fallSilent(): Promise<void> {
  hear('id-w1')
  cluster.nowMs += tooLongMs - askKernelForMs
  hear('id-w2')
  away.look()
  await Promise.resolve()
  cluster.nowMs += askKernelForMs
  hear('id-w2')
  away.look()
}

const reconcile = (): Promise<boolean> => away.reconcile(cluster.snapshotNow, signal)

describe('a node that falls silent', () => {
  it('is set aside by two labels in one change', async () => {
    await fallSilent()
    expect(away.has('id-w1')).toBe(true)
    expect(cluster.told).toEqual(['node-away w1'])
    expect(await reconcile()).toBe(true)
    expect(cluster.changes).toEqual([
      ['id-w1', { labels: { [clusterLabel.away]: expect.any(String), [clusterLabel.silent]: 'yes' } }],
    ])
    expect(await reconcile()).toBe(false)
  })

  it('is left alone when its kernel answers: then it is the agent alone that has ended', async () => {
    alive.add('one')
    await fallSilent()
    expect(away.has('id-w1')).toBe(false)
    expect(away.lacksAgent('id-w1')).toBe(true)
    away.look()
    expect(cluster.told).toEqual(['problem w1'])
    hear('id-w1')
    expect(away.lacksAgent('id-w1')).toBe(false)
  })

  it.each(['drain', 'pause'] as const)(
    'is not touched in Swarm when its operator set it to %s',
    async (availability) => {
      begin(aNode('w1', { availability }), aNode('w2'))
      await fallSilent()
      expect(away.has('id-w1')).toBe(true)
      expect(await reconcile()).toBe(false)
    },
  )

  it('is not touched in Swarm when none of its instances can run elsewhere', async () => {
    const pinned = aService('pinned', aSpec({ Placement: { Constraints: ['node.hostname == w1'] } }))
    const [w1] = cluster.snapshotNow.nodes
    cluster.set({ services: [pinned], instances: [anInstance(pinned, w1)] })
    await fallSilent()
    expect(await reconcile()).toBe(false)
    expect(cluster.events.since(0)[0]?.text).toContain('no other node can take its instances')
  })
})

describe('a node that is back', () => {
  it('is taken back when nothing runs there any more that was given to others', async () => {
    const [w1, w2] = cluster.snapshotNow.nodes
    const given = anInstance(climate, w1, { desiredState: 'shutdown', state: 'rejected' })
    const kept = anInstance(climate, w2)
    await fallSilent()
    await reconcile()
    cluster.set({ instances: [given, kept] })

    expect(hear('id-w1', given.id)).toBe(true)
    expect(away.has('id-w1')).toBe(false)
    away.judge('id-w1', [given.id], cluster.snapshotNow)
    expect(away.stopped()).toEqual(new Map([['id-w1', [given.id]]]))
    expect(await reconcile()).toBe(false)

    expect(hear('id-w1')).toBe(false)
    expect(away.stopped()).toEqual(new Map())
    expect(await reconcile()).toBe(true)
    expect(cluster.labelsOf('id-w1')).toEqual({})
    expect(cluster.told).toEqual(['node-away w1', 'node-back w1', 'instance-killed w1'])
  })

  it('keeps what Swarm still wants there, and what is begun there later', async () => {
    const wanted = anInstance(climate, cluster.snapshotNow.nodes[0])
    await fallSilent()
    cluster.set({ instances: [wanted] })
    hear('id-w1', wanted.id)
    away.judge('id-w1', [wanted.id], cluster.snapshotNow)
    hear('id-w1', wanted.id, 'begun since')
    expect(away.stopped()).toEqual(new Map())
  })

  it('is looked at as well when it was Swarm that gave it up', async () => {
    cluster.setNode('id-w1', { state: 'down' })
    expect(hear('id-w1', 'old')).toBe(true)
    away.judge('id-w1', ['old'], cluster.snapshotNow)
    expect(away.stopped()).toEqual(new Map([['id-w1', ['old']]]))
    // Once, and not with every report until Swarm hears it too.
    expect(hear('id-w1')).toBe(false)
    expect(away.stopped()).toEqual(new Map())
  })
})

describe('labels of an earlier life of the manager', () => {
  beforeEach(() => {
    begin(aNode('w1', { labels: awayLabels }), aNode('w2'))
    away.adopt(cluster.snapshotNow)
  })

  it('hold until the node reports again', async () => {
    expect(away.has('id-w1')).toBe(true)
    expect(await reconcile()).toBe(false)
    expect(hear('id-w1')).toBe(true)
    away.judge('id-w1', [], cluster.snapshotNow)
    away.stopped()
    await reconcile()
    expect(cluster.labelsOf('id-w1')).toEqual({})
  })

  it('fall when Swarm hears the node for long and no agent reports', async () => {
    await reconcile()
    cluster.nowMs += 61_000
    expect(await reconcile()).toBe(true)
    expect(cluster.labelsOf('id-w1')).toEqual({})
    expect(away.has('id-w1')).toBe(false)
    expect(cluster.told).toEqual(['problem w1'])
  })

  it('hold while Swarm does not hear it either', async () => {
    cluster.setNode('id-w1', { state: 'down' })
    await reconcile()
    cluster.nowMs += 61_000
    expect(await reconcile()).toBe(false)
  })
})
