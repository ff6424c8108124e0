import { describe, expect, it } from 'vitest'
import type { Device } from '../../../../src/model/devices/device.ts'
import type { WantedInstance } from '../../../../src/pair/instance.ts'
import { type CandidateDevice, chooseDevice } from '../../../../src/pair/watch/choose-device.ts'
import { aContainer, aContainerOf, anApplication, wanted } from '../builders.ts'
import { aDevice } from '../claims/builders.ts'

function anInstance(services = 'web: {image: "web:1", ports: ["5683:5683/udp"]}'): WantedInstance {
  const [instance] = wanted(anApplication(services))
  if (instance === undefined) throw new Error('one was wanted')
  return instance
}

function aCandidate(label: string, changes: Partial<CandidateDevice> = {}): CandidateDevice {
  return { label, containers: [], inventory: undefined, clusterClaims: new Map(), carries: 0, ...changes }
}

const onPort5683 = [{ containerPort: 1, protocol: 'udp', hostIp: '', hostPort: 5683 }]

describe('choosing a device for a take-over', () => {
  it('takes the one that carries the fewest', () => {
    const candidates = [
      aCandidate('a', { carries: 3 }),
      aCandidate('b', { carries: 1 }),
      aCandidate('c', { carries: 2 }),
    ]
    expect(chooseDevice(anInstance(), 'gone', candidates)).toEqual({ ok: true, device: 'b' })
  })

  it('takes the one on which it has failed only when there is no other', () => {
    const candidates = [aCandidate('a'), aCandidate('b', { carries: 9 })]
    expect(chooseDevice(anInstance(), 'a', candidates)).toEqual({ ok: true, device: 'b' })
    expect(chooseDevice(anInstance(), 'a', [aCandidate('a')])).toEqual({ ok: true, device: 'a' })
  })

  it('passes over one whose port somebody else holds, and says so when all are', () => {
    const taken = aCandidate('a', { containers: [aContainer({ name: 'dns', ports: onPort5683 })] })
    expect(chooseDevice(anInstance(), 'gone', [taken, aCandidate('b', { carries: 5 })])).toEqual({
      ok: true,
      device: 'b',
    })
    expect(chooseDevice(anInstance(), 'gone', [taken])).toEqual({
      ok: false,
      reason: 'a: its port 5683/udp is held by container dns',
    })
  })

  it('is not kept off by what is left of the instance itself', () => {
    const instance = anInstance()
    const left = aCandidate('a', { containers: [aContainerOf(instance, { ports: onPort5683 })] })
    expect(chooseDevice(instance, 'a', [left])).toEqual({ ok: true, device: 'a' })
  })

  it('takes only one that has the device that is needed', () => {
    const instance = anInstance('beam: {image: "web:1", x-shoal: {needs: [laser]}}')
    const inventory = (...devices: readonly Device[]) => ({ ok: true as const, devices, modes: new Map() })
    const without = aCandidate('a', { inventory: inventory() })
    const having = aCandidate('b', { carries: 5, inventory: inventory(aDevice('laser', 'l')) })
    expect(chooseDevice(instance, 'gone', [without, having])).toEqual({ ok: true, device: 'b' })
    expect(chooseDevice(instance, 'gone', [without])).toEqual({
      ok: false,
      reason: 'a: it has no device with the capability laser; it has no devices at all',
    })
  })

  it('says that none can be reached', () => {
    expect(chooseDevice(anInstance(), 'gone', [])).toEqual({ ok: false, reason: 'no device can be reached' })
  })
})
