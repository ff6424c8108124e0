import { describe, expect, it } from 'vitest'
import { type ClaimWish, chooseClaims } from '../../../../src/pair/claims/choose-claims.ts'
import { aDevice, anAbsentDevice, aSensor } from './builders.ts'

function choose(wish: Partial<ClaimWish>) {
  const choice = chooseClaims({ needs: [], inventory: [], held: [], kept: [], ...wish })
  return choice.ok ? choice.devices.map(({ id }) => id) : `${choice.code}: ${choice.reason}`
}

function heldBy(name: string, device: string) {
  return { device, name: `instance ${name}`, release: name }
}

describe('choosing devices for an instance', () => {
  it('takes one of each capability, in the order of the needs', () => {
    const inventory = [aDevice('laser', 'laser-1'), aSensor('humidity', 'dht11'), aDevice('light', 'l')]
    expect(choose({ needs: ['humidity', 'laser'], inventory })).toEqual(['dht11', 'laser-1'])
    expect(choose({ inventory })).toEqual([])
  })

  it('passes over what is held and what is absent', () => {
    const inventory = [anAbsentDevice('laser', 'a'), aDevice('laser', 'b'), aDevice('laser', 'c')]
    expect(choose({ needs: ['laser'], inventory, held: [heldBy('x/y.1', 'b')] })).toEqual(['c'])
  })

  it('keeps what the instance has, even where another stands before it', () => {
    const inventory = [aDevice('laser', 'a'), aDevice('laser', 'b')]
    const kept = [{ capability: 'laser', device: 'b' }]
    expect(choose({ needs: ['laser'], inventory, kept })).toEqual(['b'])
  })

  it('takes another when the one that the instance had is absent', () => {
    const inventory = [aDevice('laser', 'a'), anAbsentDevice('laser', 'b')]
    const kept = [{ capability: 'laser', device: 'b' }]
    expect(choose({ needs: ['laser'], inventory, kept })).toEqual(['a'])
  })

  it('prefers what was declared to what merely is there', () => {
    const inventory = [aDevice('camera', 'a', { isDeclared: false }), aDevice('camera', 'b')]
    expect(choose({ needs: ['camera'], inventory })).toEqual(['b'])
  })

  it('gives a shared device to as many as it says, and first where the fewest are', () => {
    const inventory = [aDevice('camera', 'a', { shared: 2 }), aDevice('camera', 'b', { shared: 2 })]
    const held = [heldBy('x/y.1', 'a')]
    expect(choose({ needs: ['camera'], inventory, held })).toEqual(['b'])
    expect(
      choose({ needs: ['camera'], inventory, held: [...held, heldBy('x/y.2', 'b'), heldBy('x/y.3', 'b')] }),
    ).toEqual(['a'])
  })

  it('gives two devices where a capability is needed twice, a shared one only once', () => {
    const inventory = [aDevice('laser', 'a', { shared: 2 }), aDevice('laser', 'b')]
    expect(choose({ needs: ['laser', 'laser'], inventory })).toEqual(['a', 'b'])
    expect(choose({ needs: ['laser', 'laser', 'laser'], inventory })).toBe(
      'CAPABILITY_ABSENT: it has 2 devices with the capability laser, and one instance needs more',
    )
  })

  it('says what there is when the capability is not', () => {
    const inventory = [aDevice('light', 'light-1'), aDevice('laser', 'l2'), anAbsentDevice('laser', 'l1')]
    expect(choose({ needs: ['humidity'], inventory })).toBe(
      'CAPABILITY_ABSENT: it has no device with the capability humidity; it has laser (l2, l1), light (light-1)',
    )
    expect(choose({ needs: ['humidity'] })).toBe(
      'CAPABILITY_ABSENT: it has no device with the capability humidity; it has no devices at all',
    )
  })

  it('says why the device is absent', () => {
    expect(choose({ needs: ['laser'], inventory: [anAbsentDevice('laser', 'l1')] })).toBe(
      'DEVICE_ABSENT: l1 is absent: there is no /dev/l1',
    )
  })

  it('says who holds what, also of a shared one, and what ends that', () => {
    const inventory = [
      aDevice('laser', 'a', { shared: 2 }),
      anAbsentDevice('laser', 'b'),
      aDevice('laser', 'c'),
    ]
    const held = [
      heldBy('x/y.1', 'a'),
      heldBy('x/y.2', 'a'),
      { device: 'c', name: 'container task', release: undefined },
    ]
    const choice = chooseClaims({ needs: ['laser'], inventory, held, kept: [] })
    expect(choice).toMatchObject({
      code: 'DEVICE_HELD',
      reason:
        'no device with the capability laser is free: a is held by instance x/y.1, instance x/y.2; b is absent: there is no /dev/b; c is held by container task',
      nextStep: expect.stringContaining('shoal pair rm … x/y.1'),
    })
  })
})
