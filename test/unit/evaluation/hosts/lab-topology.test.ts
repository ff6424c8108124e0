import { describe, expect, it } from 'vitest'
import { planLab } from '../../../../evaluation/hosts/lab-topology.ts'
import { planWires, wiresOf } from '../../../../lab/wire-plan.ts'

const kindsOf = (host: string, link: 'ethernet' | 'wlan' | 'direct', workers = 1) =>
  wiresOf(host, planWires(planLab(link, workers, 'x').topology)).map(({ kind }) => kind)

describe('planLab', () => {
  it('puts all on the switch by Ethernet', () => {
    const { topology, workers, managerForWorkers, clientRoutes } = planLab('ethernet', 3, 'x')
    expect(topology.name).toBe('edge')
    expect(topology.hosts.map(({ name }) => name)).toEqual([
      'manager',
      'client',
      'worker1',
      'worker2',
      'worker3',
    ])
    expect(workers).toEqual(['worker1', 'worker2', 'worker3'])
    expect(planWires(topology).map(({ kind }) => kind)).toEqual(new Array(5).fill('ethernet'))
    expect(managerForWorkers).toBe('10.77.0.1')
    expect(clientRoutes).toEqual([])
  })

  it('puts exactly one radio hop between a worker and whoever commands it', () => {
    expect(kindsOf('worker1', 'wlan', 2)).toEqual(['wlan'])
    expect(kindsOf('worker2', 'wlan', 2)).toEqual(['wlan'])
    expect(kindsOf('client', 'wlan', 2)).toEqual(['ethernet'])
    expect(kindsOf('manager', 'wlan', 2)).toEqual(['ethernet'])
  })

  it('lays cables from the worker to the manager and to the client, and nothing else leads to it', () => {
    expect(kindsOf('worker1', 'direct')).toEqual(['direct', 'direct'])
    expect(kindsOf('client', 'direct')).toEqual(['ethernet', 'direct'])
    expect(kindsOf('manager', 'direct')).toEqual(['ethernet', 'direct'])
  })

  it('leads the client to the worker’s address in the cluster over its own cable', () => {
    const { topology, managerForWorkers, clientRoutes } = planLab('direct', 1, 'x')
    const [toManager, toClient] = planWires(topology).filter(({ far }) => far.host === 'worker1')
    expect(managerForWorkers).toBe(toManager?.near.address)
    expect(clientRoutes[0]).toEqual([`${toManager?.far.address}/32`, 'via', toClient?.far.address])
    expect(clientRoutes[1]).toEqual([`${toManager?.near.address}/32`, 'via', '10.77.0.1'])
  })

  it('has room for as many workers as a lab carries', () => {
    expect(planLab('ethernet', 32, 'x').topology.hosts).toHaveLength(34)
  })
})
