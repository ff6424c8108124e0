import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ClusterEvent } from '../../src/model/cluster/event.ts'
import { clusterLabel } from '../../src/model/cluster/labels.ts'
import { monotonicMs, WatchedCluster, type Worker, workers } from './watched-cluster.ts'

let cluster: WatchedCluster
/** Of the service with one instance. */
let solo: string
/** Of the one with a standby. */
let twin: string

const ports = { solo: 5691, twin: 5692 }
const compose = (name: 'solo' | 'twin', standby: number) => `
name: ${name}
services:
  compute:
    image: shoal/compute:0.1.0
    ports: ["${ports[name]}:5683/udp"]
    stop_grace_period: 10s
    x-shoal: {standby: ${standby}}
`

beforeAll(async () => {
  cluster = await WatchedCluster.up('failover', '10.81.60.0/24')
  cluster.ask(workers.flatMap((name) => [uriOf('solo', name), uriOf('twin', name)]))
  solo = await cluster.deploy(compose('solo', 0))
  await isUp(solo)
})
afterAll(async () => {
  await cluster?.down()
})

function uriOf(service: 'solo' | 'twin', worker: Worker): string {
  return `coap://${cluster.host(worker).address}:${ports[service]}/.well-known/core`
}

const otherThan = (worker: Worker): Worker => (worker === 'w1' ? 'w2' : 'w1')

/** Swarm runs it, and it answers the client. */
async function isUp(serviceId: string): Promise<{ readonly id: string; readonly worker: Worker }> {
  await cluster.eventually('it runs', async () => (await cluster.running(serviceId)).length > 0)
  const [instance] = await cluster.running(serviceId)
  if (instance === undefined) throw new Error('it ended')
  const worker = await cluster.workerOf(instance)
  await cluster.firstAnswer(uriOf(serviceId === solo ? 'solo' : 'twin', worker), monotonicMs(), 10_000)
  return { id: instance.id, worker }
}

/** Its container, and the first process of it as the host numbers it. */
async function containerOf(worker: Worker, taskId: string): Promise<{ id: string; pid: string }> {
  const list = ['docker', 'ps', '--quiet', '--filter', `label=${clusterLabel.taskId}=${taskId}`]
  const id = (await cluster.must(worker, list)).trim()
  const pid = await cluster.must(worker, ['docker', 'inspect', '--format', '{{.State.Pid}}', id])
  return { id, pid: pid.trim() }
}

async function isSettled(): Promise<void> {
  await cluster.eventually('no node is set aside, all are ready', async () =>
    (await cluster.engine.nodes.list()).every(
      ({ state, labels }) => state === 'ready' && labels[clusterLabel.away] === undefined,
    ),
  )
}

function eventsSince(index: number): readonly ClusterEvent['kind'][] {
  return cluster.events.slice(index).map(({ kind }) => kind)
}

const print = (what: string, ms: number): void => console.log(`${what}: ${(ms / 1000).toFixed(2)} s`)

/**
 * How long both may answer after a node is back. On a quiet machine it is 0.05 to 1.1 s, most of it the kernel asking for addresses anew; the
 * figures are printed. Twice the goal of 2 s tells a broken way back from a machine that does too much at once.
 */
const overlapLimitMs = 4000

describe('an instance', () => {
  it('that dies is replaced at once', async () => {
    const { id, worker } = await isUp(solo)
    const { pid } = await containerOf(worker, id)
    await cluster.must(worker, ['kill', '-KILL', pid])
    const diedMs = monotonicMs()
    const answers = await Promise.race(
      workers.map((name) => cluster.firstAnswer(uriOf('solo', name), diedMs + 50, 10_000)),
    )
    print('instance killed -> replacement answers', answers - diedMs)
    expect((await isUp(solo)).id).not.toBe(id)
    await cluster.eventually('it is told', async () =>
      cluster.events.some(({ kind }) => kind === 'instance-failed'),
    )
  })

  it('that hangs is found and replaced', async () => {
    const { id, worker } = await isUp(solo)
    const { pid } = await containerOf(worker, id)
    await cluster.must(worker, ['kill', '-STOP', pid])
    const hungMs = monotonicMs()
    const answers = await Promise.race(
      workers.map((name) => cluster.firstAnswer(uriOf('solo', name), hungMs + 50, 15_000)),
    )
    print('instance hangs -> replacement answers', answers - hungMs)
    expect(answers - hungMs).toBeLessThan(12_000)
    expect((await isUp(solo)).id).not.toBe(id)
    await cluster.eventually('it is told', async () =>
      cluster.events.some(({ kind }) => kind === 'instance-silent'),
    )
  })
})

describe('a node', () => {
  // Seen once: a link that carried nothing for 3.9 s after it was back. That is a longer cut, and not this test's.
  it('whose link is cut for 3 s moves nothing', { retry: 2 }, async () => {
    const before = await isUp(solo)
    const seen = cluster.events.length
    for (let cut = 0; cut < 3; cut += 1) {
      const startMs = monotonicMs()
      await cluster.host(before.worker).cutLink()
      await delay(3000 - (monotonicMs() - startMs))
      await cluster.host(before.worker).mendLink()
      await cluster.firstAnswer(uriOf('solo', before.worker), monotonicMs(), 5000)
      await delay(1000 + cut * 300)
    }
    expect(await isUp(solo)).toEqual(before)
    expect(eventsSince(seen)).not.toContain('node-away')
  })

  it('whose link is cut for longer is replaced, and gives way when it is back', { retry: 1 }, async () => {
    const { worker } = await isUp(solo)
    const seen = cluster.events.length
    const cutMs = monotonicMs()
    await cluster.host(worker).cutLink()
    const other = uriOf('solo', otherThan(worker))
    const movedMs = (await cluster.firstAnswer(other, cutMs, 10_000)) - cutMs
    print('link cut -> replacement answers', movedMs)
    expect(movedMs).toBeGreaterThan(3000)
    expect(movedMs).toBeLessThan(10_000)
    expect(eventsSince(seen)).toContain('node-away')

    await cluster.host(worker).mendLink()
    const backMs = monotonicMs()
    await isSettled()
    await delay(2500)
    const bothMs = cluster.bothAnsweredMs(uriOf('solo', worker), other, backMs)
    print('link mended -> for so long both answered', bothMs)
    expect(bothMs).toBeLessThan(overlapLimitMs)
    expect((await isUp(solo)).worker).toBe(otherThan(worker))
    expect(eventsSince(seen)).toEqual(expect.arrayContaining(['node-back', 'instance-killed']))
  })

  it('that is cut for so long that Swarm gives it up gives way as well, though the manager has begun anew', {
    retry: 1,
  }, async () => {
    const { worker } = await isUp(solo)
    const seen = cluster.events.length
    await cluster.host(worker).cutLink()
    await cluster.eventually('it is set aside', async () => eventsSince(seen).includes('node-away'))
    await cluster.restartMonitor()
    await cluster.eventually('Swarm gives it up', async () => (await cluster.node(worker)).state === 'down')
    await cluster.host(worker).mendLink()
    const backMs = monotonicMs()
    await isSettled()
    await delay(2500)
    const bothMs = cluster.bothAnsweredMs(uriOf('solo', worker), uriOf('solo', otherThan(worker)), backMs)
    print('link mended after Swarm gave the node up -> for so long both answered', bothMs)
    expect(bothMs).toBeLessThan(overlapLimitMs)
  })

  it('that loses its power is replaced, and comes back empty', async () => {
    const { worker } = await isUp(solo)
    const offMs = monotonicMs()
    await cluster.host(worker).powerOff()
    const other = uriOf('solo', otherThan(worker))
    const movedMs = (await cluster.firstAnswer(other, offMs, 10_000)) - offMs
    print('power off -> replacement answers', movedMs)
    expect(movedMs).toBeLessThan(10_000)

    await cluster.host(worker).powerOn()
    const backMs = monotonicMs()
    await cluster.startAgent(worker)
    await isSettled()
    await delay(2500)
    expect(cluster.bothAnsweredMs(uriOf('solo', worker), other, backMs)).toBeLessThan(overlapLimitMs)
    expect((await isUp(solo)).worker).toBe(otherThan(worker))
  })

  it('whose agent alone has ended is left as it is', async () => {
    const { id, worker } = await isUp(solo)
    const seen = cluster.events.length
    cluster.killAgent(worker)
    await cluster.eventually('it is told', async () => eventsSince(seen).includes('problem'))
    expect((await isUp(solo)).id).toBe(id)
    expect(eventsSince(seen)).not.toContain('node-away')
    await cluster.startAgent(worker)
  })
})

describe('a standby', () => {
  it('stands paused beside the active instance', async () => {
    twin = await cluster.deploy(compose('twin', 1))
    await cluster.eventually('one runs, one stands by', async () => (await standing()).length === 1)
    expect(await cluster.running(twin)).toHaveLength(2)
  })

  it('takes over when the active instance dies', async () => {
    const [standby] = await standing()
    if (standby === undefined) throw new Error('no standby')
    const active = otherThan(standby)
    const { pid } = await containerOf(active, await activeId(active))
    await cluster.must(active, ['kill', '-KILL', pid])
    const diedMs = monotonicMs()
    const tookMs = (await cluster.firstAnswer(uriOf('twin', standby), diedMs, 5000)) - diedMs
    print('active instance killed -> standby answers', tookMs)
    await cluster.eventually('the other one stands by', async () => (await standing()).join() === active)
  })

  it('takes over when the node of the active instance is cut off', async () => {
    const [standby] = await standing()
    if (standby === undefined) throw new Error('no standby')
    const active = otherThan(standby)
    const cutMs = monotonicMs()
    await cluster.host(active).cutLink()
    const tookMs = (await cluster.firstAnswer(uriOf('twin', standby), cutMs, 10_000)) - cutMs
    print('node of the active instance cut -> standby answers', tookMs)
    await cluster.host(active).mendLink()
    const backMs = monotonicMs()
    await isSettled()
    await cluster.eventually('one stands by', async () => (await standing()).length === 1)
    expect(cluster.bothAnsweredMs(uriOf('twin', active), uriOf('twin', standby), backMs)).toBeLessThan(
      overlapLimitMs,
    )
  })

  it('is paused and unpaused as the number of active ones says', async () => {
    await setActive(0)
    await cluster.eventually('all stand by', async () => (await standing()).length === 2)
    const toldMs = monotonicMs()
    cluster.apply(twin, 1)
    const answeredMs = await Promise.race(
      workers.map((name) => cluster.firstAnswer(uriOf('twin', name), toldMs, 5000)),
    )
    print('activation of a standby -> it answers', answeredMs - toldMs)
    expect(answeredMs - toldMs).toBeLessThan(1000)
  })
})

/** Workers whose instance of `twin` stands paused. */
async function standing(): Promise<readonly Worker[]> {
  const lists = await Promise.all(
    workers.map(async (name) => {
      const list = [
        'docker',
        'ps',
        '--quiet',
        '--filter',
        'status=paused',
        '--filter',
        'label=shoal.application=twin',
      ]
      return (await cluster.must(name, list)).trim() === '' ? [] : [name]
    }),
  )
  return lists.flat()
}

async function activeId(worker: Worker): Promise<string> {
  const { id: nodeId } = await cluster.node(worker)
  const instance = (await cluster.running(twin)).find((each) => each.nodeId === nodeId)
  if (instance === undefined) throw new Error(`none on ${worker}`)
  return instance.id
}

async function setActive(active: number): Promise<void> {
  const service = await cluster.engine.services.inspect(twin)
  if (service === undefined) throw new Error('no service')
  const { spec } = service
  await cluster.engine.services.update(
    twin,
    service.version,
    { ...spec, Labels: { ...spec.Labels, [clusterLabel.active]: String(active) } },
    {},
  )
}
