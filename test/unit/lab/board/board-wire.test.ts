// What joins a board to the lab: interface names, the link-local way in, the words of QEMU.
import { describe, expect, it } from 'vitest'
import { boardWireArgs, bridgeOf, linkLocalAddress, tapOf } from '../../../../lab/board/board-wire.ts'
import { qemuArgs } from '../../../../lab/board/machine.ts'

describe('a wire to a board', () => {
  it('ends in a bridge with the tap of QEMU', () => {
    const words = boardWireArgs('eth0').map((one) => one.join(' '))
    expect(words).toContain(`link set ${tapOf('eth0')} master ${bridgeOf('eth0')} up`)
    expect(words).toContain(`link set eth0 master ${bridgeOf('eth0')} up`)
  })

  it('keeps interface names within what the kernel takes', () => {
    expect(tapOf('wlan199').length).toBeLessThanOrEqual(15)
    expect(bridgeOf('wlan199').length).toBeLessThanOrEqual(15)
  })

  it.each([
    ['02:45:1d:9d:4c:e4', 'fe80::45:1dff:fe9d:4ce4'],
    ['00:00:5e:00:53:af', 'fe80::200:5eff:fe00:53af'],
  ])('finds %s at %s', (hardware, address) => {
    expect(linkLocalAddress(hardware)).toBe(address)
  })
})

describe('the machine of a board', () => {
  const networks = [
    { tap: 'tap-eth0', hardwareAddress: '02:00:00:00:00:01' },
    { tap: 'tap-wlan0', hardwareAddress: '02:00:00:00:00:02' },
  ]

  it('has one network interface a wire, with the address that its neighbours know', () => {
    const words = qemuArgs({ memoryMiB: 1024, networks, checkout: '/srv/shoal' })
    expect(words.filter((word) => word.startsWith('virtio-net'))).toEqual([
      'virtio-net-device,netdev=net0,mac=02:00:00:00:00:01',
      'virtio-net-device,netdev=net1,mac=02:00:00:00:00:02',
    ])
  })

  it('takes a checkout whose path has a comma', () => {
    const words = qemuArgs({ memoryMiB: 512, networks: [], checkout: '/srv/a,b' })
    expect(words.find((word) => word.includes('id=checkout'))).toContain('path=/srv/a,,b,')
  })
})
