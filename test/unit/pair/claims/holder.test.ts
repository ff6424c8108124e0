import { describe, expect, it } from 'vitest'
import type { ContainerPhase } from '../../../../src/engine/container-answers.ts'
import { clusterContainers, devicesOfEnvironment, holdersOf } from '../../../../src/pair/claims/holder.ts'
import { aContainer } from '../builders.ts'

const none = new Map<string, readonly string[]>()

function anInstance(state: ContainerPhase = 'running') {
  const labels = {
    'shoal.mode': 'pair',
    'shoal.application': 'climate',
    'shoal.service': 'sensing',
    'shoal.instance': '1',
    'shoal.claims': 'humidity=dht11,laser=laser-1',
  }
  return aContainer({ id: 'c1', labels, state })
}

describe('who holds a device', () => {
  it('is an instance of pair mode, by its label', () => {
    expect(holdersOf([anInstance(), aContainer()], none)).toMatchObject([
      { device: 'dht11', name: 'instance climate/sensing.1', release: 'climate/sensing.1', isStarted: true },
      { device: 'laser-1', name: 'instance climate/sensing.1', containerId: 'c1' },
    ])
  })

  it.each<[ContainerPhase, number, boolean | undefined]>([
    ['created', 2, false],
    ['running', 2, true],
    ['paused', 2, true],
    ['restarting', 2, true],
    ['removing', 0, undefined],
    ['exited', 0, undefined],
    ['dead', 0, undefined],
  ])('counts a container that is %s for %i', (state, count, isStarted) => {
    const holders = holdersOf([anInstance(state)], none)
    expect([holders.length, holders[0]?.isStarted]).toEqual([count, isStarted])
  })

  it('is a container of the cluster, by what Swarm gave it, from the moment it is created', () => {
    const task = aContainer({ id: 'c2', name: 'garden_light.1.x', state: 'created' })
    expect(holdersOf([task], new Map([['c2', ['light-1']]]))).toMatchObject([
      { device: 'light-1', name: 'container garden_light.1.x', release: undefined, isStarted: true },
    ])
  })
})

describe('what Swarm gave a container', () => {
  it('are the devices of its environment, shared ones without their number, each once', () => {
    const environment = [
      'PATH=/bin',
      'DOCKER_RESOURCE_HUMIDITY=dht11-kitchen',
      'DOCKER_RESOURCE_CAMERA=cam-front#2,cam-back',
      'DOCKER_RESOURCE_/DEV/TTYUSB0=modem',
      'DOCKER_RESOURCE_SERIAL=modem',
      'DOCKER_RESOURCE_EMPTY=',
    ]
    expect(devicesOfEnvironment({ environment })).toEqual(['dht11-kitchen', 'cam-front', 'cam-back', 'modem'])
  })

  it('is asked only of those that Swarm has made and that have not ended', () => {
    const labels = { 'com.docker.swarm.task.id': 'x' }
    const all = [aContainer({ labels, id: 'a' }), aContainer({ labels, state: 'exited' }), aContainer()]
    expect(clusterContainers(all).map(({ id }) => id)).toEqual(['a'])
  })
})
