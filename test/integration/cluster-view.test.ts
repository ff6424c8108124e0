// The manager's view of the cluster, and the catalogue in it, against a real Swarm of one node.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Engine } from '../../src/engine/engine.ts'
import { Catalogue } from '../../src/manager/catalogue.ts'
import { EventLog } from '../../src/manager/event-log.ts'
import { ClusterView } from '../../src/manager/swarm/cluster-view.ts'
import { clusterLabel } from '../../src/model/cluster/labels.ts'
import type { ClusterSnapshot } from '../../src/model/cluster/snapshot.ts'
import type { SwarmServiceSpec } from '../../src/model/swarm-service-spec.ts'
import { until } from '../until.ts'
import { startThrowawayEngine, type ThrowawayEngine } from './throwaway-engine.ts'

let docker: ThrowawayEngine
let engine: Engine
const stop = new AbortController()

beforeAll(async () => {
  docker = await startThrowawayEngine({ network: 'bridge' })
  engine = new Engine({ socketPath: docker.socketPath, place: 'manager' })
  await engine.swarm.init({ advertiseAddress: docker.address, heartbeatMs: 1000, taskHistory: 2 })
})
afterAll(async () => {
  stop.abort()
  engine?.close()
  await docker?.stop()
})

/** Nothing has to run: an image that nobody has leaves its records all the same. */
const aSpec = (Name: string): SwarmServiceSpec => ({
  Name,
  TaskTemplate: { ContainerSpec: { Image: 'nosuch:1' }, RestartPolicy: { Condition: 'none' } },
  Mode: { Replicated: { Replicas: 1 } },
})

const names = ({ services }: ClusterSnapshot) => services.map(({ swarmName }) => swarmName)

describe('the view', () => {
  it('is filled when it has started, hears of services at once and of instances soon', async () => {
    const view = new ClusterView({ engine })
    expect(view.snapshot().nodes).toEqual([])
    await view.start(stop.signal)
    expect(view.snapshot().nodes).toHaveLength(1)
    const told: ClusterSnapshot[] = []
    view.onChange((snapshot) => told.push(snapshot))
    const { id } = await engine.services.create(aSpec('heard'))
    await until('the service is seen', () => told.some((snapshot) => names(snapshot).includes('heard')))
    await until('its instance is seen to be rejected', () =>
      view.snapshot().instances.some(({ serviceId, state }) => serviceId === id && state === 'rejected'),
    )
    await engine.services.remove(id)
    await until('it is gone', () => names(view.snapshot()).length === 0)
    await view.stop()
  })

  it('shows what was there when it was asked to look, however many ask at once', async () => {
    const view = new ClusterView({ engine })
    const early = view.refresh()
    const { id } = await engine.services.create(aSpec('asked'))
    const late = await Promise.all([view.refresh(), view.refresh(), view.refresh()])
    await early
    expect(late.map(names)).toEqual([['asked'], ['asked'], ['asked']])
    // The first begins one; the others share the next.
    expect(new Set(late.map(({ takenAtMs }) => takenAtMs)).size).toBeLessThanOrEqual(2)
    await engine.services.remove(id)
  })

  it('goes on for others when one who asked has enough', async () => {
    const view = new ClusterView({ engine })
    const impatient = new AbortController()
    const gone = view.refresh({ signal: impatient.signal })
    const stays = view.refresh()
    impatient.abort(new Error('enough'))
    await expect(gone).rejects.toThrow('enough')
    expect((await stays).nodes).toHaveLength(1)
  })

  it('tells of no change where there was none', async () => {
    const view = new ClusterView({ engine })
    let changes = 0
    await view.refresh()
    await view.waitFor(({ instances }) => instances.length === 0, { signal: stop.signal, deadlineMs: 10_000 })
    view.onChange(() => {
      changes += 1
    })
    for (let n = 0; n < 3; n += 1) await view.refresh()
    expect(changes).toBe(0)
  })

  it('waits until something holds, its time is over, or nobody wants it any more', async () => {
    const view = new ClusterView({ engine })
    const isThere = (snapshot: ClusterSnapshot) => names(snapshot).includes('awaited')
    const waiting = view.waitFor(isThere, { signal: stop.signal, deadlineMs: 10_000 })
    const { id } = await engine.services.create(aSpec('awaited'))
    expect(names((await waiting) ?? view.snapshot())).toEqual(['awaited'])
    await engine.services.remove(id)
    expect(await view.waitFor(() => false, { signal: stop.signal, deadlineMs: 60 })).toBeUndefined()
    expect(
      await view.waitFor(() => true, { signal: AbortSignal.abort(), deadlineMs: 10_000 }),
    ).toBeUndefined()
  })
})

describe('the catalogue', () => {
  const signal = stop.signal
  const request = (compose: string) => ({
    compose,
    fileName: '/home/me/compose.yaml',
    environment: { TAG: '7' },
  })
  const compose = (image: string) =>
    `name: green\nservices: { climate: { image: "${image}", profiles: [a] }, x: { image: "x:1" } }`

  async function aCatalogue(): Promise<{ readonly catalogue: Catalogue; readonly events: EventLog }> {
    const events = new EventLog()
    const catalogue = new Catalogue({ engine, events })
    await catalogue.start(signal)
    return { catalogue, events }
  }

  it('keeps one version of a file in Swarm, with what it needs to be read again by another manager', async () => {
    const { catalogue } = await aCatalogue()
    expect(await catalogue.add(request(compose('climate:1')), { signal })).toBe('green')
    const withProfile = { ...request(compose('climate:$' + '{TAG}')), profiles: ['a'] }
    await catalogue.add(withProfile, { signal })
    await catalogue.stop()

    const { catalogue: other } = await aCatalogue()
    expect(other.list().map(({ name }) => name)).toEqual(['green'])
    expect(other.find('green')?.request).toEqual(withProfile)
    expect(
      other
        .find('green')
        ?.application.services.map(({ image }) => image)
        .toSorted(),
    ).toEqual(['climate:7', 'x:1'])
    expect(await engine.configs.list([clusterLabel.catalogue])).toHaveLength(1)
    await other.stop()
  })

  it('follows what others change, and tells who listens', async () => {
    const { catalogue } = await aCatalogue()
    const { catalogue: other } = await aCatalogue()
    let told = 0
    catalogue.onChange(() => {
      told += 1
    })
    await other.remove('green', { signal })
    await until('it has heard', () => told > 0 && catalogue.find('green') === undefined)
    await expect(other.remove('green', { signal })).rejects.toMatchObject({ code: 'CATALOGUE_UNKNOWN' })
    await Promise.all([catalogue.stop(), other.stop()])
  })

  it('takes names of any length and versions at the same moment, and keeps one', async () => {
    const { catalogue } = await aCatalogue()
    const name = 'greenhouse-'.repeat(6).slice(0, 60)
    const version = (n: number) => request(`name: ${name}\nservices: { a: { image: "a:${n}" } }`)
    await Promise.all([1, 2, 3].map((n) => catalogue.add(version(n), { signal })))
    expect(await engine.configs.list([clusterLabel.catalogue])).toHaveLength(1)
    expect(catalogue.find(name)?.application.services[0]?.image).toBe('a:3')
    await catalogue.remove(name, { signal })
    await catalogue.stop()
  })

  it('refuses a file that is wrong, or too large, and keeps nothing of it', async () => {
    const { catalogue } = await aCatalogue()
    const wrong = catalogue.add(request('name: green\nservices: { a: { imgae: x } }'), { signal })
    await expect(wrong).rejects.toMatchObject({ code: 'COMPOSE_INVALID' })
    const large = catalogue.add(request(`${compose('a:1')}\n${'# so much to say\n'.repeat(40_000)}`), {
      signal,
    })
    await expect(large).rejects.toMatchObject({ code: 'CATALOGUE_TOO_LARGE' })
    expect(catalogue.list()).toEqual([])
    await catalogue.stop()
  })

  it('tells of an entry that it cannot read, and goes on with the others', async () => {
    const labels = { [clusterLabel.catalogue]: 'odd' }
    const id = await engine.configs.create({ name: 'odd', labels, data: Buffer.from('no: [compose') })
    const { catalogue, events } = await aCatalogue()
    await catalogue.add(request(compose('a:1')), { signal })
    expect(catalogue.list().map(({ name }) => name)).toEqual(['green'])
    expect(events.since(0)[0]).toMatchObject({ kind: 'problem', subject: 'catalogue odd' })
    await engine.configs.remove(id)
    await catalogue.remove('green', { signal })
    await catalogue.stop()
  })
})
