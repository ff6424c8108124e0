import { describe, expect, it } from 'vitest'
import { renderTrial } from '../../../src/manager/swarm/trial.ts'
import { serviceViews, wantedActive, wantedStandby } from '../../../src/manager/views.ts'
import type { ClusterInstance } from '../../../src/model/cluster/instance.ts'
import type { ClusterNode } from '../../../src/model/cluster/node.ts'
import type { Liveness } from '../../../src/model/cluster/views.ts'
import { aNode, anInstance, aService, specsOf } from './cluster-builders.ts'

const compose = `
name: green
services:
  store: { image: "shoal/store:1" }
  climate: { image: "shoal/climate:1", ports: ["5683/udp"], depends_on: [store] }
`

function liveness(
  states: Readonly<Record<string, ReturnType<Liveness['instanceState']>>>,
  away: string[] = [],
): Liveness {
  return {
    instanceState: (id) => states[id],
    hasAgent: () => true,
    isAway: (id) => away.includes(id),
    troubleOf: () => ({ missingImages: [], problems: [] }),
    devicesOf: () => undefined,
  }
}

function views(instances: ClusterInstance[], live: Liveness, nodes: ClusterNode[] = [aNode()]) {
  const services = specsOf(compose).map((spec) => aService(spec))
  return serviceViews({ nodes, services, instances, takenAtMs: 0 }, live)
}

const climate = (instances: ClusterInstance[], live: Liveness, nodes?: ClusterNode[]) => {
  const view = views(instances, live, nodes).find(({ service }) => service === 'climate')
  if (view === undefined) throw new Error('no view')
  return view
}

describe('the services as clients see them', () => {
  it('calls the front service by the name of its application, the others by both', () => {
    expect(views([], liveness({})).map(({ name }) => name)).toEqual(['green', 'green.store'])
  })

  it('shows an endpoint at the address of the node, and active once it answers', () => {
    const view = climate([anInstance()], liveness({ i1: 'answering' }))
    expect(view.state).toBe('active')
    expect(view.instances[0]?.endpoint).toEqual({ host: '10.0.0.2', port: 32768 })
  })

  it('is starting until the agent has heard it', () => {
    expect(climate([anInstance()], liveness({ i1: 'starting' })).state).toBe('starting')
    expect(climate([anInstance()], liveness({})).instances[0]?.state).toBe('starting')
  })

  it('takes nothing for answering on a node that is away', () => {
    const view = climate([anInstance()], liveness({ i1: 'answering' }, ['n1']))
    expect(view.instances[0]?.state).toBe('silent')
    expect(view.state).not.toBe('active')
  })

  it('says that no node can take it when Swarm says so', () => {
    const waiting = anInstance({
      nodeId: undefined,
      state: 'pending',
      error: 'no suitable node (insufficient resources on 2 nodes)',
      ports: [],
    })
    const view = climate([waiting], liveness({}))
    expect(view.state).toBe('unplaceable')
    expect(view.instances[0]?.reason).toContain('no suitable node')
  })

  it('leaves out what is on its way out', () => {
    const view = climate([anInstance({ desiredState: 'shutdown' })], liveness({ i1: 'answering' }))
    expect(view.instances).toEqual([])
  })

  it('shows paused instances as standing by', () => {
    const view = climate([anInstance()], liveness({ i1: 'paused' }))
    expect(view.instances[0]?.state).toBe('standby')
  })

  it('does not show the trial of a new version', () => {
    const [, spec] = specsOf(compose)
    if (spec === undefined) throw new Error('no service')
    const services = [aService(spec), aService(renderTrial(spec))]
    const shown = serviceViews({ nodes: [aNode()], services, instances: [], takenAtMs: 0 }, liveness({}))
    expect(shown.map(({ name }) => name)).toEqual(['green'])
  })

  it('is updating until only new ones answer, however long Swarm goes on watching them', () => {
    const [, spec] = specsOf(compose)
    if (spec === undefined) throw new Error('no service')
    const update = { state: 'updating', message: '', startedAtMs: 0 } as const
    const state = (instances: ClusterInstance[]) =>
      serviceViews(
        { nodes: [aNode()], services: [aService(spec, { update })], instances, takenAtMs: 0 },
        liveness({ i1: 'answering', i2: 'answering' }),
      )[0]?.state
    expect(state([anInstance(), anInstance({ id: 'i2', image: 'y' })])).toBe('updating')
    expect(state([anInstance({ id: 'i2', image: 'y' })])).toBe('active')
  })

  it('is unplaceable, and not updating for ever, when no node can take what a change has made', () => {
    const [, spec] = specsOf(compose)
    if (spec === undefined) throw new Error('no service')
    const update = { state: 'updating', message: '', startedAtMs: 0 } as const
    const error = 'no suitable node (scheduling constraints not satisfied on 2 nodes)'
    const waits = { id: 'i2', nodeId: undefined, state: 'pending', error, ports: [] } as const
    const old = anInstance({ desiredState: 'shutdown' })
    const state = (instances: ClusterInstance[]) =>
      serviceViews(
        { nodes: [aNode()], services: [aService(spec, { update })], instances, takenAtMs: 0 },
        liveness({}),
      )[0]?.state
    expect(state([old, anInstance({ ...waits, desiredState: 'ready' })])).toBe('updating')
    expect(state([old, anInstance(waits)])).toBe('unplaceable')
  })

  it('takes a label that is no number for none', () => {
    const [, spec] = specsOf(compose)
    if (spec === undefined) throw new Error('no service')
    const odd = aService({
      ...spec,
      Labels: { ...spec.Labels, 'shoal.active': 'many', 'shoal.standby': '-' },
    })
    expect([wantedActive(odd), wantedStandby(odd)]).toEqual([1, 0])
  })
})
