import type { NetworkInterfaceInfo } from 'node:os'
import { describe, expect, it } from 'vitest'
import { localAddresses } from '../../../src/discovery/interfaces.ts'

const ipv4 = (address: string, internal = false): NetworkInterfaceInfo => ({
  address,
  netmask: '255.255.255.0',
  family: 'IPv4',
  mac: '02:00:00:00:00:01',
  internal,
  cidr: `${address}/24`,
})

describe('localAddresses', () => {
  it('takes networks that devices can be in, the bridge of an access point among them', () => {
    expect(
      localAddresses({ wlan0: [ipv4('10.0.0.1')], 'br-lan': [ipv4('10.0.1.1')], br0: [ipv4('10.0.2.1')] }),
    ).toEqual(['10.0.0.1', '10.0.1.1', '10.0.2.1'])
  })

  it('leaves out loopback, and the bridges and cables of containers', () => {
    const names = ['docker0', 'docker_gwbridge', 'br-0123456789ab', 'veth12ab', 'virbr0', 'podman1']
    const interfaces = Object.fromEntries(names.map((name, index) => [name, [ipv4(`172.17.${index}.1`)]]))
    expect(localAddresses({ lo: [ipv4('127.0.0.1', true)], ...interfaces })).toEqual([])
  })
})
