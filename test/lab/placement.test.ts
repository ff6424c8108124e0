// What `placement` says of each node, held against what Swarm's scheduler really does: generated nodes and services, real engines.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Lab } from '../../lab/lab.ts'
import { parseTopology } from '../../lab/topology.ts'
import { Engine } from '../../src/engine/engine.ts'
import type { ClusterInstance } from '../../src/model/cluster/instance.ts'
import type { ClusterNode } from '../../src/model/cluster/node.ts'
import type { ClusterSnapshot } from '../../src/model/cluster/snapshot.ts'
import type { SwarmServiceSpec } from '../../src/model/swarm-service-spec.ts'
import { explainService } from '../../src/placement/explain-service.ts'
import { judgeNodes, type Verdict } from '../../src/placement/judge-nodes.ts'
import { requirementsOf } from '../../src/placement/requirements.ts'
import { labFolder } from './lab-folder.ts'
import {
  holdingDemands,
  type NodeSetting,
  renderHolding,
  renderService,
  standingRounds,
} from './placement-cases.ts'
import { importTinyImage } from './tiny-image.ts'

const seed = 20_260_111

let folder: string
let lab: Lab
let engine: Engine

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-placement-'))
  const socket = join(folder, 'docker.sock')
  const topology = `
subnet: 10.81.3.0/24
hosts:
  - {name: manager, daemon: {hosts: ["unix:///var/run/docker.sock", "unix://${socket}"]}}
  - {name: w1, daemon: {labels: [zone=field], node-generic-resources: [gpio=fuse, gpio=lamp, ssd=2]}}
  - {name: w2, daemon: {labels: [zone=Barn], node-generic-resources: [gpio=relay, ssd=1]}}
  - {name: w3}
`
  lab = await Lab.up(parseTopology(topology, 'placement'), {
    name: 'placement',
    dataFolder: labFolder(),
    signal: AbortSignal.timeout(120_000),
  })
  engine = new Engine({ socketPath: socket, place: 'manager' })
  await Promise.all(lab.hosts.map(importTinyImage))
  const manager = lab.host('manager').address
  await engine.swarm.init({ advertiseAddress: manager, heartbeatMs: 1000, taskHistory: 1 })
  const token = await engine.swarm.joinToken()
  for (const name of ['w1', 'w2', 'w3']) {
    const { exitCode, stderr } = await lab
      .host(name)
      .exec(['docker', 'swarm', 'join', '--token', token, `${manager}:2377`])
    if (exitCode !== 0) throw new Error(stderr)
  }
  await eventually('all nodes are ready', engine.nodes.list.bind(engine.nodes), (nodes) =>
    nodes.every(({ state, plugins }) => state === 'ready' && plugins.length > 0),
  )
})
afterAll(async () => {
  engine?.close()
  await lab?.down()
  rmSync(folder, { recursive: true, force: true })
})
afterEach(async () => {
  await removeAll()
  await setNodes(
    Array.from({ length: 4 }, () => ({
      availability: 'active',
      labels: { zone: undefined, floor: undefined },
    })),
  )
})

/** Asks until the answer fits. */
async function eventually<T>(what: string, ask: () => Promise<T>, fits: (answer: T) => boolean): Promise<T> {
  const endMs = performance.now() + 30_000
  for (;;) {
    const answer = await ask()
    if (fits(answer)) return answer
    if (performance.now() > endMs) throw new Error(`not in time: ${what}: ${JSON.stringify(answer)}`)
    await delay(20)
  }
}

async function takeSnapshot(): Promise<ClusterSnapshot> {
  const [nodes, services, instances] = await Promise.all([
    engine.nodes.list(),
    engine.services.list(),
    engine.tasks.list(),
  ])
  return { nodes, services, instances, takenAtMs: performance.now() }
}

async function setNodes(settings: readonly NodeSetting[]): Promise<void> {
  const nodes = (await engine.nodes.list()).toSorted((one, other) => (one.name < other.name ? -1 : 1))
  for (const [index, { id, version }] of nodes.entries()) {
    const setting = settings[index]
    if (setting !== undefined) await engine.nodes.update(id, version, setting)
  }
}

/** Until their containers are gone too: until then they hold what they hold. */
async function remove(serviceIds: readonly string[]): Promise<void> {
  await Promise.all(serviceIds.map((id) => engine.services.remove(id)))
  await eventually(
    'removed instances are gone',
    () => engine.tasks.list(),
    (instances) => !instances.some(({ serviceId }) => serviceIds.includes(serviceId)),
  )
}

async function removeAll(): Promise<void> {
  await remove((await engine.services.list()).map(({ id }) => id))
}

/** Swarm has chosen a node, or said why it cannot. */
const isDecided = ({ nodeId, error }: ClusterInstance): boolean => nodeId !== undefined || error !== ''

async function decided(serviceId: string, count: number): Promise<ClusterInstance[]> {
  return eventually(
    'Swarm decides',
    () => engine.tasks.list({ serviceId }),
    (instances) => instances.filter(isDecided).length >= count,
  )
}

/** Swarm's words for what keeps a node from running an instance, by ours: the first of a node is the filter that it fell at. */
const words: readonly (readonly [RegExp, RegExp])[] = [
  [/^is (drained|paused|down)|^does not answer/, /^(\d+) nodes? not available for new tasks$/],
  [
    /^needs |^has no \S+( left: .*)?$|^has \S+ \(.+\), claimed by /,
    /^insufficient resources on (\d+) nodes?$/,
  ],
  [/^has no (volume|network|log) plugin/, /^missing plugin on (\d+) nodes?$/],
  [/^constraint /, /^scheduling constraints not satisfied on (\d+) nodes?$/],
  [/^is \w+\/\w+: the image/, /^unsupported platform on (\d+) nodes?$/],
  [/^its port/, /^host-mode port already in use on (\d+) nodes?$/],
  [/^has \d+ of its instances/, /^max replicas per node limit exceed$/],
]

/** How often each of Swarm's obstacles stands in the verdicts; that of max replicas, which Swarm does not count, as 1. */
function expectedObstacles(verdicts: readonly Verdict[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { reasons } of verdicts) {
    const [, obstacle] = words.find(([ours]) => ours.test(reasons[0] ?? '')) ?? []
    const key = String(obstacle)
    counts[key] = obstacle?.source.includes('max replicas') ? 1 : (counts[key] ?? 0) + 1
  }
  return counts
}

/** `no suitable node (insufficient resources on 2 nodes; missing plugin on 1 node)` */
function statedObstacles(error: string): Record<string, number> {
  const list = /^no suitable node \((.*)\)$/.exec(error)?.[1] ?? error
  return Object.fromEntries(
    list.split('; ').map((part) => {
      const [, obstacle] = words.find(([, theirs]) => theirs.test(part)) ?? []
      return [String(obstacle ?? part), Number(obstacle?.exec(part)?.[1] ?? 1)]
    }),
  )
}

/** Obstacles that Swarm has named in this file. */
const met = new Set<string>()

interface Comparison {
  readonly spec: SwarmServiceSpec
  readonly verdicts: readonly Verdict[]
  readonly instance: ClusterInstance
}

/** Fails where Swarm chose a node that we hold unable, or none although we hold one able, or names other obstacles. */
function compare({ spec, verdicts, instance }: Comparison): 'placed' | 'refused' {
  const able = verdicts.filter(({ reasons }) => reasons.length === 0).map(({ node }) => node.id)
  const shown = () =>
    `${JSON.stringify(spec)}\n${verdicts.map(({ node, reasons }) => `${node.name} ${node.id}: ${reasons.join('; ')}`).join('\n')}`
  if (instance.nodeId !== undefined) {
    expect(able, `Swarm chose ${instance.nodeId} for ${shown()}`).toContain(instance.nodeId)
    return 'placed'
  }
  expect(able, `Swarm says "${instance.error}" of ${shown()}`).toEqual([])
  const obstacles = statedObstacles(instance.error)
  expect(obstacles, shown()).toEqual(expectedObstacles(verdicts))
  for (const obstacle of Object.keys(obstacles)) met.add(obstacle)
  return 'refused'
}

describe('placement says what Swarm does', () => {
  it('with labels, addresses, platforms, plugins and availability', async () => {
    const outcomes = { placed: 0, refused: 0 }
    for (const [index, { nodes, demands }] of standingRounds(seed, 6, 12).entries()) {
      await setNodes(nodes)
      // Nothing has to run for this: an image that nobody has leaves the node that was chosen in the record all the same.
      const specs = demands.map((demand, n) => renderService(`s${index}-${n}`, demand, 'nosuch:1'))
      const snapshot = await takeSnapshot()
      const created = await Promise.all(specs.map((spec) => engine.services.create(spec)))
      for (const [n, spec] of specs.entries()) {
        const [instance] = await decided(created[n]?.id ?? '', 1)
        if (instance === undefined) throw new Error('no instance')
        outcomes[compare({ spec, verdicts: judgeNodes(requirementsOf(spec), snapshot), instance })]++
      }
      await removeAll()
    }
    expect(outcomes.placed + outcomes.refused).toBe(72)
    // The seed tries both ways often enough to mean something.
    expect(Math.min(outcomes.placed, outcomes.refused)).toBeGreaterThan(12)
  })

  it('with memory, CPUs, generic resources, ports and the most instances on a node', async () => {
    const outcomes = { placed: 0, refused: 0 }
    const anyNode = (await engine.nodes.list())[0]
    if (anyNode === undefined) throw new Error('no node')
    const kept: { id: string; spec: SwarmServiceSpec }[] = []
    for (const [index, demand] of holdingDemands(seed, 32).entries()) {
      const first = kept[0]
      if (demand.before === 'remove' && first !== undefined) {
        kept.shift()
        await remove([first.id])
      }
      // The newest that something beside resources limits comes to its limit soonest.
      const limited = kept.findLast(({ spec }) => isLimited(spec)) ?? first
      if (demand.before === 'grow' && limited !== undefined) outcomes[await grow(limited.id)]++
      const spec = renderHolding(`h${index}`, demand, anyNode)
      const snapshot = await settled()
      const { id } = await engine.services.create(spec)
      const [instance] = await decided(id, 1)
      if (instance === undefined) throw new Error('no instance')
      const outcome = compare({ spec, verdicts: judgeNodes(requirementsOf(spec), snapshot), instance })
      outcomes[outcome]++
      // One that waits would take what a later removal frees, and be a second decision in the same moment.
      if (outcome === 'placed') kept.push({ id, spec })
      else await remove([id])
    }
    expect(outcomes.placed + outcomes.refused).toBeGreaterThan(40)
    expect(Math.min(outcomes.placed, outcomes.refused)).toBeGreaterThan(8)
  })

  it('of every obstacle that Swarm knows', () => {
    expect([...met].toSorted()).toEqual(words.map(([, theirs]) => String(theirs)).toSorted())
  })

  it('with a node that is down, and the explanation carries Swarm’s words', async () => {
    const w3 = lab.host('w3')
    await w3.stopEngine()
    const isDown = ({ name, state }: ClusterNode) => name === 'w3' && state === 'down'
    await eventually(
      'w3 is down',
      () => engine.nodes.list(),
      (nodes) => nodes.some(isDown),
    )
    const nowhere = renderService('nowhere', { Placement: { Constraints: ['node.hostname==w3'] } }, 'tiny')
    const { id } = await engine.services.create(nowhere)
    const [instance] = await decided(id, 1)
    const snapshot = await takeSnapshot()
    if (instance === undefined) throw new Error('no instance')
    expect(
      compare({ spec: nowhere, verdicts: judgeNodes(requirementsOf(nowhere), snapshot), instance }),
    ).toBe('refused')
    const service = snapshot.services[0]
    if (service === undefined) throw new Error('no service')
    expect(explainService(service, snapshot, () => undefined).text.split('\n')).toEqual([
      'nowhere can run on 0 of 4 nodes',
      '  manager  cannot: constraint node.hostname == w3: it is "manager"',
      '  w1       cannot: constraint node.hostname == w3: it is "w1"',
      '  w2       cannot: constraint node.hostname == w3: it is "w2"',
      expect.stringMatching(/^ {2}w3 {7}cannot: is down/),
      expect.stringMatching(
        /^instance 1 waits: Swarm says: no suitable node \(.*scheduling constraints not satisfied on 3 nodes.*\)$/,
      ),
    ])
    await w3.startEngine()
    await eventually(
      'it comes back',
      () => engine.tasks.list({ serviceId: id }),
      (found) => found.some(({ nodeId }) => nodeId !== undefined),
    )
  })

  it('of an image that nobody has, that the node could not pull it', async () => {
    const spec = renderService('imageless', { Placement: { Constraints: ['node.hostname==w1'] } }, 'nosuch:1')
    const { id } = await engine.services.create(spec)
    await eventually(
      'it is rejected',
      () => engine.tasks.list({ serviceId: id }),
      (instances) => instances.some(({ state }) => state === 'rejected'),
    )
    const snapshot = await takeSnapshot()
    const service = snapshot.services.find((found) => found.id === id)
    if (service === undefined) throw new Error('no service')
    expect(explainService(service, snapshot, () => undefined).brief()).toContain(
      'instance 1 was rejected on w1: the node does not have the image nosuch:1 and could not pull it',
    )
  })
})

/** By the number of its instances on a node, or by a port that only one can have. */
function isLimited({ TaskTemplate, EndpointSpec }: SwarmServiceSpec): boolean {
  return (TaskTemplate.Placement?.MaxReplicas ?? 0) > 0 || EndpointSpec !== undefined
}

/** Once everything that was placed runs: what an instance claims of a kind stands in its record by then. */
async function settled(): Promise<ClusterSnapshot> {
  return eventually('all instances run', takeSnapshot, ({ instances }) =>
    instances.every(({ state, desiredState }) => desiredState !== 'running' || state === 'running'),
  )
}

/** One more instance of a service, beside those that it has. */
async function grow(serviceId: string): Promise<'placed' | 'refused'> {
  const snapshot = await settled()
  const service = snapshot.services.find(({ id }) => id === serviceId)
  if (service === undefined) throw new Error('no service')
  const { spec, version } = service
  const had = await engine.tasks.list({ serviceId })
  const scale = (Replicas: number): SwarmServiceSpec => ({ ...spec, Mode: { Replicated: { Replicas } } })
  const replicas = spec.Mode.Replicated?.Replicas ?? 0
  await engine.services.update(serviceId, version, scale(replicas + 1))
  const instances = await decided(serviceId, had.length + 1)
  const instance = instances.find(({ id }) => !had.some((old) => old.id === id))
  if (instance === undefined) throw new Error('no new instance')
  const outcome = compare({
    spec,
    verdicts: judgeNodes(requirementsOf(spec), snapshot, { serviceId }),
    instance,
  })
  if (outcome === 'refused') {
    const now = await engine.services.inspect(serviceId)
    await engine.services.update(serviceId, now?.version ?? 0, scale(replicas))
    await eventually(
      'the instance that waits is taken back',
      () => engine.tasks.list({ serviceId }),
      (left) => !left.some(({ id }) => id === instance.id),
    )
  }
  return outcome
}
