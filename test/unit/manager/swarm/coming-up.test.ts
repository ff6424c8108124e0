import { describe, expect, it } from 'vitest'
import { type AwaitedService, ComingUp } from '../../../../src/manager/swarm/coming-up.ts'
import { serviceViews } from '../../../../src/manager/views.ts'
import type { ClusterInstance } from '../../../../src/model/cluster/instance.ts'
import type { ClusterService, UpdateState } from '../../../../src/model/cluster/service.ts'
import type { Liveness } from '../../../../src/model/cluster/views.ts'
import { aNode, anInstance, aService, specsOf } from '../cluster-builders.ts'

type State = ReturnType<Liveness['instanceState']>

const compose = (more = '') => `
name: green
services:
  climate:
    image: shoal/climate:1
    ports: ["5683/udp"]
${more}`

/** A service of a file, looked at again and again. */
class Looks {
  readonly #coming: ComingUp
  readonly #service: ClusterService
  #hasAgent = true

  constructor(file: string, awaited: Partial<AwaitedService> = {}) {
    const [spec] = specsOf(file)
    if (spec === undefined) throw new Error('no service')
    this.#service = aService(spec)
    this.#coming = new ComingUp(
      { id: this.#service.id, readyMs: 3000, isRolling: false, oldInstances: new Set(), ...awaited },
      0,
    )
  }

  withoutAgent(): this {
    this.#hasAgent = false
    return this
  }

  at(
    nowMs: number,
    instances: readonly Partial<ClusterInstance>[],
    states: Readonly<Record<string, State>> = {},
    {
      update,
      answersUs = false,
      fitsSoon = false,
    }: { readonly update?: UpdateState; readonly answersUs?: boolean; readonly fitsSoon?: boolean } = {},
  ) {
    const service: ClusterService = {
      ...this.#service,
      update: update === undefined ? undefined : { state: update, message: '', startedAtMs: 0 },
    }
    const snapshot = {
      nodes: [aNode()],
      services: [service],
      instances: instances.map((instance) => anInstance(instance)),
      takenAtMs: nowMs,
    }
    const liveness: Liveness = {
      instanceState: (id) => states[id],
      hasAgent: () => this.#hasAgent,
      isAway: () => false,
      troubleOf: () => ({ missingImages: [], problems: [] }),
      devicesOf: () => undefined,
    }
    const view = serviceViews(snapshot, liveness)[0]
    return this.#coming.judge(
      snapshot,
      view,
      () => answersUs,
      nowMs,
      () => fitsSoon,
    )
  }

  removed() {
    return this.#coming.judge(
      { nodes: [], services: [], instances: [], takenAtMs: 0 },
      undefined,
      () => true,
      0,
      () => false,
    )
  }
}

describe('a service that was just deployed', () => {
  it('is up when as many answer as are wanted', () => {
    const looks = new Looks(compose('    deploy: { replicas: 2 }'))
    expect(looks.at(0, [])).toBeUndefined()
    expect(looks.at(1, [{ id: 'i1' }, { id: 'i2' }], { i1: 'answering', i2: 'starting' })).toBeUndefined()
    expect(looks.at(2, [{ id: 'i1' }, { id: 'i2' }], { i1: 'answering', i2: 'answering' })).toBe('up')
  })

  it('is up only when its standby stands by as well', () => {
    const looks = new Looks(compose('    x-shoal: { standby: 1 }'))
    expect(looks.at(0, [{ id: 'i1' }, { id: 'i2' }], { i1: 'answering', i2: 'starting' })).toBeUndefined()
    expect(looks.at(1, [{ id: 'i1' }, { id: 'i2' }], { i1: 'answering', i2: 'paused' })).toBe('up')
  })

  it('is asked by the manager itself where no agent watches', () => {
    const looks = new Looks(compose()).withoutAgent()
    expect(looks.at(0, [{ id: 'i1' }])).toBeUndefined()
    expect(looks.at(1, [{ id: 'i1' }], {}, { answersUs: true })).toBe('up')
  })

  it('is not up by instances of the version before', () => {
    const looks = new Looks(compose(), { isRolling: true, oldInstances: new Set(['old']) })
    expect(looks.at(0, [{ id: 'old' }], { old: 'answering' })).toBeUndefined()
    const both = [{ id: 'old' }, { id: 'new' }]
    expect(looks.at(1, both, { old: 'answering', new: 'starting' })).toBeUndefined()
    expect(looks.at(2, both, { old: 'answering', new: 'answering' })).toBe('up')
  })

  it('has been rolled back when Swarm says so', () => {
    const rolling = { isRolling: true, oldInstances: new Set(['old']) }
    const old = [{ id: 'old' }]
    expect(new Looks(compose(), rolling).at(0, old, {}, { update: 'rollback_started' })).toBe('rolled-back')
    expect(new Looks(compose(), rolling).at(0, old, {}, { update: 'paused' })).toBe('paused')
    // Of an update before this one, which changed no more than a number.
    expect(new Looks(compose()).at(0, old, {}, { update: 'rollback_completed' })).toBeUndefined()
  })

  it('is refused when Swarm goes on saying that no node can take it', () => {
    const waiting = {
      state: 'pending',
      nodeId: undefined,
      error: 'no suitable node (insufficient resources on 2 nodes)',
    } as const
    const looks = new Looks(compose())
    expect(looks.at(0, [waiting])).toBeUndefined()
    expect(looks.at(1400, [waiting])).toBeUndefined()
    expect(looks.at(1600, [waiting])).toBe('refused')

    const luckier = new Looks(compose())
    expect(luckier.at(0, [waiting])).toBeUndefined()
    expect(luckier.at(1400, [{ state: 'assigned' }])).toBeUndefined()
    expect(luckier.at(1600, [waiting])).toBeUndefined()
  })

  it('is waited for while a node is in sight: its Engine is about to offer what is needed', () => {
    const waiting = { state: 'pending', nodeId: undefined, error: 'no suitable node' } as const
    const looks = new Looks(compose())
    const inSight = { fitsSoon: true }
    for (const atMs of [0, 1600, 30_000, 59_000])
      expect(looks.at(atMs, [waiting], {}, inSight)).toBeUndefined()
    // It was taken at last, and has all the time of a start from then on.
    expect(looks.at(59_500, [{ id: 'i1' }], { i1: 'starting' }, inSight)).toBeUndefined()
    expect(looks.at(62_000, [{ id: 'i1' }], { i1: 'answering' }, inSight)).toBe('up')

    const never = new Looks(compose())
    expect(never.at(0, [waiting], {}, inSight)).toBeUndefined()
    expect(never.at(60_100, [waiting], {}, inSight)).toBe('refused')
  })

  it('is refused as a global one when no node fits', () => {
    const looks = new Looks(compose('    deploy: { mode: global }'))
    expect(looks.at(0, [])).toBeUndefined()
    expect(looks.at(2000, [])).toBe('refused')
  })

  it('is failing when instances end one after the other', () => {
    const looks = new Looks(compose())
    const ended = (id: string) => ({ id, state: 'failed', desiredState: 'shutdown', error: 'x' }) as const
    expect(looks.at(0, [ended('a')])).toBeUndefined()
    expect(looks.at(1, [ended('a'), ended('b')])).toBeUndefined()
    // Swarm remembers the last two alone.
    expect(looks.at(2, [ended('b'), ended('c')])).toBe('failing')
  })

  it('is late when nothing has come up for longer than it may take', () => {
    const looks = new Looks(compose())
    expect(looks.at(5000, [{ id: 'i1', state: 'starting' }])).toBeUndefined()
    expect(looks.at(6000, [{ id: 'i1' }], { i1: 'starting' })).toBeUndefined()
    expect(looks.at(18_000, [{ id: 'i1' }], { i1: 'starting' })).toBeUndefined()
    expect(looks.at(19_500, [{ id: 'i1' }], { i1: 'starting' })).toBe('late')
  })

  it('has time while a node fetches its image', () => {
    const looks = new Looks(compose())
    const fetching = [{ id: 'i1', state: 'preparing' } as const]
    expect(looks.at(120_000, fetching)).toBeUndefined()
    expect(looks.at(601_000, fetching)).toBe('late')
  })

  it('is gone when it was removed', () => {
    expect(new Looks(compose()).removed()).toBe('gone')
  })
})
