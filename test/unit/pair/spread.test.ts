import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ShoalError } from '../../../src/model/errors.ts'
import { type SpreadDevice, type SpreadInstance, spreadInstances } from '../../../src/pair/spread.ts'
import { anApplication, wanted } from './builders.ts'
import { aDevice as aPhysicalDevice } from './claims/builders.ts'

function instances(services: string): SpreadInstance[] {
  return wanted(anApplication(services))
}

function aDevice(label: string, changes: Partial<SpreadDevice> = {}): SpreadDevice {
  return {
    label,
    has: new Set(),
    held: [],
    claims: { inventory: undefined, holders: [], kept: new Map() },
    ...changes,
  }
}

function homes(...[wantedInstances, devices]: Parameters<typeof spreadInstances>): Record<string, string> {
  const { placed, unplaced } = spreadInstances(wantedInstances, devices)
  expect(unplaced).toEqual([])
  return Object.fromEntries(placed.map(({ instance, device }) => [instance, device]))
}

const fixedPort = 'web: {image: "web:1", ports: ["5683:5683/udp"], deploy: {replicas: 3}}'
const anyPort = 'web: {image: "web:1", ports: ["5683/udp"], deploy: {replicas: 5}}'

describe('spreading instances over devices', () => {
  it('fills the emptiest first, in the order in which the devices were named', () => {
    expect(homes(instances(anyPort), [aDevice('a'), aDevice('b')])).toEqual({
      'app/web.1': 'a',
      'app/web.2': 'b',
      'app/web.3': 'a',
      'app/web.4': 'b',
      'app/web.5': 'a',
    })
  })

  it('leaves an instance where it is', () => {
    const devices = [aDevice('a'), aDevice('b', { has: new Set(['app/web.1', 'app/web.2']) })]
    expect(homes(instances(anyPort), devices)).toMatchObject({
      'app/web.1': 'b',
      'app/web.2': 'b',
      'app/web.3': 'a',
      'app/web.4': 'a',
    })
  })

  it('counts what a device carries beside them', () => {
    const one = instances('web: {image: "web:1"}')
    expect(homes(one, [aDevice('a', { carries: 2 }), aDevice('b', { carries: 1 })])).toEqual({
      'app/web.1': 'b',
    })
  })

  it('puts two instances with one fixed port on two devices', () => {
    const devices = [aDevice('a'), aDevice('b'), aDevice('c')]
    expect(Object.values(homes(instances(fixedPort), devices))).toEqual(['a', 'b', 'c'])
  })

  it('says for every device why it can’t carry one more', () => {
    const held = [{ protocol: 'udp', port: 5683, hostIp: '0.0.0.0', holder: 'container other' }]
    const { placed, unplaced } = spreadInstances(instances(fixedPort), [aDevice('a'), aDevice('b', { held })])
    expect(placed).toEqual([{ instance: 'app/web.1', device: 'a', granted: [] }])
    expect(unplaced.map(({ instance }) => instance)).toEqual(['app/web.2', 'app/web.3'])
    expect(unplaced[0]?.rejected).toMatchObject([
      { device: 'b', reason: 'its port 5683/udp is held by container other' },
      { device: 'a', reason: 'its port 5683/udp is held by instance app/web.1' },
    ])
  })

  it('takes a free port of a range', () => {
    const ranged = instances('web: {image: "web:1", ports: ["6000-6002:5683/udp"], deploy: {replicas: 4}}')
    const { placed, unplaced } = spreadInstances(ranged, [aDevice('a')])
    expect(placed.length).toBe(3)
    expect(unplaced[0]?.rejected[0]?.reason).toMatch(/^its port 6000-6002\/udp is held by/)
  })

  it('lets two addresses of a device have the same port, and the other protocol', () => {
    const held = [
      { protocol: 'udp', port: 5683, hostIp: '10.0.0.1', holder: 'container a' },
      { protocol: 'tcp', port: 5683, hostIp: '', holder: 'container b' },
    ]
    const bound = instances('web: {image: "web:1", ports: ["10.0.0.2:5683:5683/udp"]}')
    expect(homes(bound, [aDevice('a', { held })])).toEqual({ 'app/web.1': 'a' })
  })

  it('counts the CoAP port of a service in the device’s own network as fixed', () => {
    const host = instances(
      'web: {image: "web:1", network_mode: host, expose: ["5683/udp"], deploy: {replicas: 2}}',
    )
    expect(spreadInstances(host, [aDevice('a')]).unplaced.length).toBe(1)
  })

  it('moves an instance whose device can’t carry it any more', () => {
    const held = [{ protocol: 'udp', port: 5683, hostIp: '', holder: 'container other' }]
    const one = instances('web: {image: "web:1", ports: ["5683:5683/udp"]}')
    const devices = [aDevice('a', { has: new Set(['app/web.1']), held }), aDevice('b')]
    expect(homes(one, devices)).toEqual({ 'app/web.1': 'b' })
  })

  it('places all or says why not, and never differs by more than one between free devices', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 6 }), (replicas, count) => {
        const many = instances(`web: {image: "web:1", ports: ["5683/udp"], deploy: {replicas: ${replicas}}}`)
        const devices = Array.from({ length: count }, (_, index) => aDevice(`d${index}`))
        const loads = Map.groupBy(spreadInstances(many, devices).placed, ({ device }) => device)
        const sizes = devices.map(({ label }) => loads.get(label)?.length ?? 0)
        expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(replicas)
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
      }),
    )
  })
})

describe('spreading instances that need devices', () => {
  const laserAndLight = 'both: {image: "web:1", x-shoal: {needs: [laser, light]}}'
  const laser = 'beam: {image: "web:1", x-shoal: {needs: [laser]}}'

  function having(label: string, ...capabilities: readonly string[]): SpreadDevice {
    const devices = capabilities.map((capability) => aPhysicalDevice(capability, `${label}-${capability}`))
    return aDevice(label, {
      claims: { inventory: { ok: true, devices, modes: new Map() }, holders: [], kept: new Map() },
    })
  }

  it('puts each where its devices are, and says which it gets', () => {
    const { placed } = spreadInstances(instances(laser), [having('a', 'light'), having('b', 'laser')])
    expect(placed.map(({ device, granted }) => [device, granted.map(({ id }) => id)])).toEqual([
      ['b', ['b-laser']],
    ])
  })

  it('does not give away what only one machine has to an instance that could go elsewhere', () => {
    const devices = [having('a', 'laser', 'light'), having('b', 'laser')]
    expect(homes(instances(`${laser}\n${laserAndLight}`), devices)).toEqual({
      'app/beam.1': 'b',
      'app/both.1': 'a',
    })
  })

  it('leaves an instance where it is, with its own, whoever stands before it', () => {
    const devices = [having('a', 'laser'), having('b', 'laser')].map((device) =>
      device.label === 'a'
        ? {
            ...device,
            has: new Set(['app/beam.2', 'app/beam.1']),
            claims: {
              ...device.claims,
              kept: new Map([['app/beam.2', [{ capability: 'laser', device: 'a-laser' }]]]),
            },
          }
        : device,
    )
    const two = 'beam: {image: "web:1", x-shoal: {needs: [laser]}, deploy: {replicas: 2}}'
    expect(homes(instances(two), devices)).toEqual({ 'app/beam.1': 'b', 'app/beam.2': 'a' })
  })

  it('says for each machine what is wrong, its file too', () => {
    const error = new ShoalError('DEVICES_INVALID', {
      action: 'read',
      object: 'the devices',
      place: '/etc/shoal/devices.yaml',
      reason: 'one problem',
    })
    const invalid = aDevice('c', {
      claims: { inventory: { ok: false, error }, holders: [], kept: new Map() },
    })
    const two = 'beam: {image: "web:1", x-shoal: {needs: [laser]}, deploy: {replicas: 2}}'
    const { unplaced } = spreadInstances(instances(two), [having('a', 'laser'), having('b'), invalid])
    expect(unplaced[0]?.rejected.map(({ code, reason }) => `${code} ${reason}`).toSorted()).toEqual([
      'CAPABILITY_ABSENT it has no device with the capability laser; it has no devices at all',
      'DEVICES_INVALID /etc/shoal/devices.yaml: one problem',
      'DEVICE_HELD no device with the capability laser is free: a-laser is held by instance app/beam.1',
    ])
  })

  it('does not look for devices for what needs none', () => {
    expect(homes(instances('web: {image: "web:1"}'), [aDevice('a')])).toEqual({ 'app/web.1': 'a' })
  })
})
